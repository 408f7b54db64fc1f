// SPDX-License-Identifier: Apache-2.0
// TFRecord files of tf.Example against bytes that were read back with Python's protobuf and crc32c packages.
#include "data/tfrecord/tfrecord_writer.h"
#include "tests/common/catch.h"
#include "tests/unit/formats_fixture.h"

using namespace featc;
using namespace featc::test;

namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (int value : values) out += static_cast<char>(value);
  return out;
}

std::string written(const ManyOutputs& program) {
  Expected<std::unique_ptr<ResultWriter>> writer = newTfrecordWriter(program.info());
  REQUIRE(writer);
  std::string out;
  (*writer)->write(program.result(), program.rows(), out);
  return out;
}

}  // namespace

TEST_CASE("A record is framed by its length and masked checksums", "[formats]") {
  std::string out;
  appendTfrecord(
      out, bytes({0x0a, 0x0f, 0x0a, 0x0d, 0x0a, 0x01, 0x78, 0x12, 0x08, 0x12, 0x06, 0x0a, 0x04, 0, 0, 0x20, 0x40}));
  CHECK(out ==
        bytes({0x11, 0,    0,    0,    0,    0,    0,    0,    0x9d, 0x6d, 0xb5, 0x2e, 0x0a, 0x0f, 0x0a, 0x0d, 0x0a,
               0x01, 0x78, 0x12, 0x08, 0x12, 0x06, 0x0a, 0x04, 0,    0,    0x20, 0x40, 0x7a, 0x8b, 0x20, 0x3d}));
}

TEST_CASE("Dense values, ids and their weights are lists of a tf.Example", "[formats]") {
  ManyOutputs program(R"({"request": {}, "items": [{}]})", "model t\nitem { x : float64? }\ndense x default 2.5 = x\n");
  CHECK(written(program).substr(12, 17) ==
        bytes({0x0a, 0x0f, 0x0a, 0x0d, 0x0a, 0x01, 0x78, 0x12, 0x08, 0x12, 0x06, 0x0a, 0x04, 0, 0, 0x20, 0x40}));
  // Slot 2^20-1: the id's 64 bits as a negative int64 are ten bytes of a varint.
  ManyOutputs weighted(R"({"request": {}, "items": [{}]})",
                       "model t\nitem { x : int64? }\nsparse w slot 1048575 = {1: 0.5}\n"
                       "sparse none slot 3 = x\n");
  std::string out = written(weighted);
  CHECK(out.find(bytes({0x0a, 0x01, 'w', 0x12, 0x0e, 0x1a, 0x0c, 0x0a, 0x0a, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0xfc,
                        0xff, 0xff, 0x01})) != std::string::npos);
  CHECK(out.find(bytes({0x0a, 0x09, 'w',  '.',  'w',  'e',  'i', 'g', 'h', 't', 's',
                        0x12, 0x08, 0x12, 0x06, 0x0a, 0x04, 0,   0,   0,   0x3f})) != std::string::npos);
  CHECK(out.find(bytes({0x0a, 0x04, 'n', 'o', 'n', 'e', 0x12, 0x02, 0x1a, 0x00})) != std::string::npos);
}

TEST_CASE("An output that is called as another's weights is refused", "[formats]") {
  ManyOutputs program(R"({"request": {}, "items": []})",
                      "model t\nitem { x : int64? }\nsparse w slot 1 = {1: 0.5}\ndense `w.weights` = x\n");
  std::string refused = newTfrecordWriter(program.info()).error().message;
  CHECK(refused.find("w (its weights would be called w.weights, as an output is)") != std::string::npos);
}
