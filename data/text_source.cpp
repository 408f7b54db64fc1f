// SPDX-License-Identifier: Apache-2.0
// Looks at the first bytes and decodes UTF-16.
#include "data/text_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "support/utf8.h"

namespace featc {
namespace {

using namespace std::string_view_literals;

constexpr size_t kChunk = size_t{1} << 16U;
constexpr uint32_t kReplacement = 0xFFFD;

class Utf16Source final : public ByteSource {
 public:
  Utf16Source(std::unique_ptr<ByteSource> source, bool bigEndian)
      : source_(std::move(source)), low_(bigEndian ? 1 : 0), in_(kChunk, '\0') {}

  int64_t read(char* to, size_t size, std::string& error) override {
    while (out_.size() == taken_) {
      out_.clear();
      taken_ = 0;
      if (ended_) return 0;
      int64_t bytes = source_->read(in_.data() + kept_, in_.size() - kept_, error);
      if (bytes < 0) return bytes;
      ended_ = bytes == 0;
      decode(kept_ + static_cast<size_t>(bytes));
    }
    size_t bytes = std::min(size, out_.size() - taken_);
    std::memcpy(to, out_.data() + taken_, bytes);
    taken_ += bytes;
    return static_cast<int64_t>(bytes);
  }

  std::string remark() const override {
    if (replaced_ == 0) return {};
    return fmt::format("{} not valid UTF-16 and became U+FFFD",
                       replaced_ == 1 ? "a unit is" : fmt::format("{} units are", replaced_));
  }

 private:
  uint32_t unit(size_t at) const {
    return static_cast<unsigned char>(in_[at + low_]) |
           static_cast<uint32_t>(static_cast<unsigned char>(in_[at + 1 - low_])) << 8U;
  }
  void replace() {
    ++replaced_;
    appendUtf8(out_, kReplacement);
  }

  // The first `bytes` of in_; what is left of them is moved to its beginning.
  void decode(size_t bytes) {
    size_t at = 0;
    for (; at + 2 <= bytes; at += 2) {
      uint32_t first = unit(at);
      if (first < 0xD800 || first > 0xDFFF) {
        appendUtf8(out_, first);
        continue;
      }
      bool isHigh = first < 0xDC00;
      if (isHigh && at + 4 > bytes && !ended_) break;
      uint32_t second = isHigh && at + 4 <= bytes ? unit(at + 2) : 0;
      if (second < 0xDC00 || second > 0xDFFF) {
        replace();
        continue;
      }
      appendUtf8(out_, 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00));
      at += 2;
    }
    if (ended_ && at < bytes) {
      replace();
      at = bytes;
    }
    kept_ = bytes - at;
    std::memmove(in_.data(), in_.data() + at, kept_);
  }

  std::unique_ptr<ByteSource> source_;
  size_t low_;  // which byte of a unit is its lower one
  std::string in_;
  size_t kept_ = 0;  // bytes of in_ that wait for more
  std::string out_;
  size_t taken_ = 0;  // of out_
  bool ended_ = false;
  uint64_t replaced_ = 0;
};

struct Magic {
  std::string_view bytes;
  std::string_view what;
};
// What users give by mistake; all of it holds bytes that no text begins with.
constexpr Magic kNoTexts[] = {
    {"\xFF\xFE\0\0"sv, "it is UTF-32; write it as UTF-8"},
    {"\0\0\xFE\xFF"sv, "it is UTF-32; write it as UTF-8"},
    {"\x1F\x8B"sv, "it is compressed with gzip; unpack it first"},
    {"\x28\xB5\x2F\xFD"sv, "it is compressed with zstd; unpack it first"},
    {"\xFD"
     "7zXZ\0"sv,
     "it is compressed with xz; unpack it first"},
    {"BZh91AY&SY"sv, "it is compressed with bzip2; unpack it first"},
    {"PK\x03\x04"sv, "it is a ZIP archive or a spreadsheet; unpack or export it first"},
    {"PAR1\x15"sv, "it is a Parquet file; pass --input-format parquet"},
    {"ARROW1\0\0"sv, "it is an Arrow file; pass --input-format arrow"},
    {"Obj\x01"sv, "it is an Avro file, which featc does not read"},
    {"SQLite format 3\0"sv, "it is an SQLite database, which featc does not read"},
};

}  // namespace

std::string_view PeekedSource::peek(size_t bytes) {
  // A line's end may be the last byte for long, but what follows one tells UTF-16 where it comes first.
  while (peeked_.size() < bytes && end_ > 0 && (peeked_.size() < 2 || peeked_.find('\n') == std::string::npos)) {
    size_t had = peeked_.size();
    peeked_.resize(bytes);
    end_ = source_->read(peeked_.data() + had, bytes - had, error_);
    peeked_.resize(had + static_cast<size_t>(std::max<int64_t>(end_, 0)));
  }
  return std::string_view(peeked_).substr(0, bytes);
}

int64_t PeekedSource::read(char* to, size_t size, std::string& error) {
  if (size_t bytes = std::min(size, peeked_.size() - handedOut_); bytes > 0) {
    std::memcpy(to, peeked_.data() + handedOut_, bytes);
    handedOut_ += bytes;
    return static_cast<int64_t>(bytes);
  }
  if (end_ > 0) return source_->read(to, size, error);
  error = error_;
  return end_;
}

bool PeekedSource::skip(uint64_t bytes, std::string& error) {
  uint64_t here = std::min<uint64_t>(bytes, peeked_.size() - handedOut_);
  handedOut_ += here;
  return here == bytes || source_->skip(bytes - here, error);
}

Expected<std::unique_ptr<ByteSource>> asUtf8(std::unique_ptr<ByteSource> source) {
  auto peeked = std::make_unique<PeekedSource>(std::move(source));
  std::string_view first = peeked->peek(16);
  for (const Magic& magic : kNoTexts)
    if (first.starts_with(magic.bytes)) return Error(std::string(magic.what), ErrorCode::NoFile);
  bool bigEndian = first.starts_with("\xFE\xFF");
  if (bigEndian || first.starts_with("\xFF\xFE")) {
    std::string mark(2, '\0');
    std::string none;  // the mark is there
    (void)peeked->read(mark.data(), 2, none);
    return std::unique_ptr<ByteSource>(std::make_unique<Utf16Source>(std::move(peeked), bigEndian));
  }
  if (first.size() >= 2 && (first[0] == '\0') != (first[1] == '\0'))
    return Error("it looks like UTF-16 without a byte order mark; write it as UTF-8", ErrorCode::NoFile);
  return std::unique_ptr<ByteSource>(std::move(peeked));
}

}  // namespace featc
