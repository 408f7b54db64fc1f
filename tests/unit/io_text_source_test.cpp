// SPDX-License-Identifier: Apache-2.0
// Compressed files and UTF-16 as bytes, in chunks of any size.
#include <string>

#include "data/gzip/gunzip.h"
#include "data/text_source.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

using namespace std::string_literals;

struct Text {
  std::string bytes;
  std::string error;
  std::string remark;
};

// All of a file, which comes and is asked for in chunks.
Text textOf(const std::string& file, size_t chunk, size_t asked) {
  Text out;
  Expected<std::unique_ptr<ByteSource>> opened = asUtf8(unpacked(memorySource(file, chunk)));
  out.error = opened.error().message;
  if (!opened) return out;
  const std::unique_ptr<ByteSource>& source = *opened;
  std::string buffer(asked, '\0');
  int64_t bytes = 0;
  while ((bytes = source->read(buffer.data(), buffer.size(), out.error)) > 0)
    out.bytes.append(buffer.data(), static_cast<size_t>(bytes));
  if (bytes < 0) REQUIRE_FALSE(out.error.empty());
  out.remark = source->remark();
  return out;
}

Text textOf(const std::string& file) {
  Text whole = textOf(file, SIZE_MAX, 4096);
  for (size_t chunk : {1, 2, 3, 7})
    for (size_t asked : {1, 5}) {
      Text part = textOf(file, chunk, asked);
      CHECK(part.error == whole.error);
      CHECK(part.remark == whole.remark);
      // What stood before a mistake may have been handed out or not.
      if (whole.error.empty()) CHECK(part.bytes == whole.bytes);
    }
  return whole;
}

// `printf hi | gzip -n`
const std::string kHi = "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xc8\x04\0\xac\x2a\x93\xd8\x02\0\0\0"s;

TEST_CASE("what gzip compressed is unpacked, member by member") {
  CHECK(textOf(kHi).bytes == "hi");
  CHECK(textOf(kHi + kHi + std::string(9, '\0')).bytes == "hihi");
  CHECK(textOf(kHi.substr(0, kHi.size() - 1)).error == "the gzip data end too early");
  CHECK(textOf(kHi.substr(0, 3)).error == "the gzip data end too early");
  CHECK(textOf(kHi + "rest").error == "the gzip data are damaged");
  std::string wrongSum = kHi;
  wrongSum[14] = 'x';
  CHECK(textOf(wrongSum).error == "the gzip data are damaged");
  CHECK(textOf("").bytes.empty());
  CHECK(textOf("x").bytes == "x");
  CHECK(textOf("\x1f").bytes == "\x1f");
}

TEST_CASE("UTF-16 is told by its mark") {
  CHECK(textOf("\xFF\xFEh\0i\0"s).bytes == "hi");
  CHECK(textOf("\xFE\xFF\0h\0i"s).bytes == "hi");
  // U+00FC, U+20AC, U+1F600.
  CHECK(textOf("\xFF\xFE\xFC\0\xAC\x20\x3D\xD8\x00\xDE"s).bytes == "\u00fc\u20ac\U0001F600");
  CHECK(textOf("\xFE\xFF\xD8\x3D\xDE\x00"s).bytes == "\U0001F600");
  CHECK(textOf("\xFF\xFE"s).bytes.empty());
  Text lone = textOf("\xFF\xFE\x3D\xD8h\0\x00\xDE\x3D\xD8x"s);
  CHECK(lone.bytes == "\uFFFDh\uFFFD\uFFFD\uFFFD");
  CHECK(lone.remark == "4 units are not valid UTF-16 and became U+FFFD");
  CHECK(textOf("h\0i\0"s).error == "it looks like UTF-16 without a byte order mark; write it as UTF-8");
  CHECK(textOf("\xEF\xBB\xBFhi").bytes == "\xEF\xBB\xBFhi");
}

TEST_CASE("what is not text is refused in words") {
  CHECK(textOf("\x28\xB5\x2F\xFD....").error == "it is compressed with zstd; unpack it first");
  CHECK(textOf("PAR1\x15....").error == "it is a Parquet file; pass --input-format parquet");
  CHECK(textOf("\xFF\xFE\0\0h\0\0\0"s).error == "it is UTF-32; write it as UTF-8");
  CHECK(textOf("PAR1,x\n1,2\n").bytes == "PAR1,x\n1,2\n");
  CHECK(textOf("(a,b)\n").bytes == "(a,b)\n");
}

TEST_CASE("a source continues after what was left out") {
  std::string error;
  std::unique_ptr<ByteSource> source = *asUtf8(unpacked(memorySource(kHi + kHi)));
  char rest[8];
  REQUIRE(source->skip(3, error));
  REQUIRE(source->read(rest, sizeof rest, error) == 1);
  CHECK(rest[0] == 'i');
  source = *asUtf8(unpacked(memorySource("0123456789abcdefghij")));
  REQUIRE(source->skip(18, error));
  REQUIRE(source->read(rest, sizeof rest, error) == 2);
  CHECK(std::string(rest, 2) == "ij");
  CHECK_FALSE(source->skip(1, error));
}

}  // namespace
}  // namespace featc
