// SPDX-License-Identifier: Apache-2.0
// Inflates chunk by chunk; checksums are checked at the end of each member.
#include "data/gzip/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <string>

#include "data/text_source.h"

namespace featc {
namespace {

constexpr size_t kChunk = size_t{1} << 17U;

class GunzipSource final : public ByteSource {
 public:
  explicit GunzipSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)), in_(kChunk, '\0') {
    // 16: gzip's header and checksum, not zlib's.
    if (inflateInit2(&stream_, MAX_WBITS + 16) != Z_OK) throw std::bad_alloc();
  }
  ~GunzipSource() override { inflateEnd(&stream_); }
  GunzipSource(const GunzipSource&) = delete;
  GunzipSource& operator=(const GunzipSource&) = delete;

  int64_t read(char* to, size_t size, std::string& error) override {
    const auto wanted = static_cast<uInt>(std::min<size_t>(size, UINT32_MAX / 2));
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = wanted;
    // What comes out before the damage is handed out first, so that it does not matter how the bytes come.
    while (stream_.avail_out == wanted) {
      if (damaged_) {
        error = "the gzip data are damaged";
        return -1;
      }
      if (stream_.avail_in == 0 && !holdsMore_ && !refill(error)) return -1;
      if (stream_.avail_in == 0 && !holdsMore_) {
        if (betweenMembers_) return 0;
        error = "the gzip data end too early";
        return -1;
      }
      if (betweenMembers_ && !beginMember()) continue;
      int code = inflate(&stream_, Z_NO_FLUSH);
      holdsMore_ = code == Z_OK && stream_.avail_out == 0;
      if (code == Z_STREAM_END) {
        betweenMembers_ = true;
      } else if (code == Z_MEM_ERROR) {
        throw std::bad_alloc();
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        damaged_ = true;
      }
    }
    return static_cast<int64_t>(wanted - stream_.avail_out);
  }
  std::string remark() const override { return source_->remark(); }

 private:
  bool refill(std::string& error) {
    int64_t bytes = source_->read(in_.data(), in_.size(), error);
    stream_.next_in = reinterpret_cast<Bytef*>(in_.data());
    stream_.avail_in = static_cast<uInt>(std::max<int64_t>(bytes, 0));
    return bytes >= 0;
  }

  // Zeros behind a member are padding, as gzip itself takes them; false: there is nothing else yet.
  bool beginMember() {
    while (stream_.avail_in > 0 && *stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
    }
    if (stream_.avail_in == 0) return false;
    inflateReset(&stream_);
    betweenMembers_ = false;
    return true;
  }

  std::unique_ptr<ByteSource> source_;
  std::string in_;
  z_stream stream_{};
  bool betweenMembers_ = false;
  bool damaged_ = false;
  bool holdsMore_ = false;  // inflate may have output, or find damage, without more input
};

}  // namespace

std::unique_ptr<ByteSource> unpacked(std::unique_ptr<ByteSource> source) {
  auto peeked = std::make_unique<PeekedSource>(std::move(source));
  if (!peeked->peek(2).starts_with("\x1F\x8B")) return peeked;
  return std::make_unique<GunzipSource>(std::move(peeked));
}

}  // namespace featc
