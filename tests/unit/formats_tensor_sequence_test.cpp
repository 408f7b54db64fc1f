// SPDX-License-Identifier: Apache-2.0
// Tensor sequences: what is written is read back, and nothing but whole buffers is read.
#include <xxhash.h>

#include <cstring>

#include "data/formats/tensor_sequence.h"
#include "data/formats/tensor_sequence_view.h"
#include "data/result_writer.h"
#include "tests/common/catch.h"
#include "tests/memory/allocation_count.h"
#include "tests/unit/formats_fixture.h"

using namespace featc;
using namespace featc::test;

namespace {

std::vector<uint64_t> ids(std::span<const uint64_t> values) { return {values.begin(), values.end()}; }
std::vector<float> floats(std::span<const float> values) { return {values.begin(), values.end()}; }

// The encoder's buffer, at a multiple of 8.
std::vector<uint64_t> aligned(std::string_view bytes) {
  std::vector<uint64_t> words((bytes.size() + 7) / 8);
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

// After bytes were changed on purpose: so that only the reader's other checks stand before them.
void seal(std::vector<uint64_t>& words) {
  words[3] = XXH64(reinterpret_cast<const char*>(words.data()) + 32, words.size() * 8 - 32, 0);
}

std::string problemOf(std::string_view bytes) { return TensorSequence::open(bytes).error().message; }

}  // namespace

TEST_CASE("A tensor sequence holds what the result holds", "[formats]") {
  ManyOutputs program;
  std::string wire;
  TensorSequenceEncoder(program.info()).encode(program.result(), wire, program.rows());
  REQUIRE(wire.size() % 8 == 0);
  std::vector<uint64_t> words = aligned(wire);
  Expected<TensorSequence> read = TensorSequence::open(bytesOf(words));
  INFO(read.error().message);
  REQUIRE(read);
  const Result& result = program.result();
  CHECK(TensorSequence::totalBytes(wire) == wire.size());
  CHECK(read->model() == "many");
  CHECK(read->semantics() == 1);
  CHECK(read->fingerprint() == program.info().fingerprint);
  REQUIRE(read->requests() == static_cast<uint64_t>(result.requests()));
  REQUIRE(read->items() == static_cast<uint64_t>(result.items()));
  CHECK(std::ranges::equal(read->itemOffsets(), result.itemOffsets()));
  CHECK(read->failedItems() == 1);
  for (size_t i = 0; i < read->items(); ++i) {
    CHECK(read->status()[i] == static_cast<uint8_t>(result.status(static_cast<int64_t>(i))));
    CHECK(read->inputRows()[i] == program.rows()[i].row);
  }
  REQUIRE(read->size() == program.info().outputs.size());
  for (uint32_t t = 0; t < read->size(); ++t) {
    const OutputInfo& output = program.info().outputs[t];
    const OutputColumn& column = result.output(t);
    TensorView tensor = (*read)[t];
    INFO(output.name);
    CHECK(tensor.name() == output.name);
    CHECK(tensor.slot() == output.slot);
    CHECK(tensor.isRequestFeature() == (output.scope != Scope::Item));
    CHECK(tensor.isDense() == (output.kind == OutputKind::Dense));
    CHECK(tensor.isSequence() == (output.kind == OutputKind::Sequence));
    CHECK(tensor.rows() == read->find(output.name)->rows());
    REQUIRE(tensor.rows() == static_cast<uint64_t>(output.scope == Scope::Item ? result.items() : result.requests()));
    for (int64_t item = 0; item < result.items(); ++item) {
      auto row = static_cast<uint64_t>(result.row(column, item));
      if (tensor.isDense()) {
        CHECK(floats(tensor.floats(row)) == floats(denseOf(result, column, item)));
        continue;
      }
      CHECK(ids(tensor.ids(row)) == ids(idsOf(result, column, item).ids));
      CHECK(floats(tensor.weights(row)) == floats(idsOf(result, column, item).weights));
    }
    CHECK(tensor.ids(tensor.cells()).empty());
    CHECK(tensor.floats(UINT64_MAX).empty());
  }
  CHECK_FALSE(read->find("absent"));
}

TEST_CASE("A tensor sequence of nothing is whole", "[formats]") {
  ManyOutputs program(R"({"request": {"user": 7, "words": "a"}, "items": []})");
  std::string wire;
  TensorSequenceEncoder(program.info()).encode(program.result(), wire);
  std::vector<uint64_t> words = aligned(wire);
  Expected<TensorSequence> read = TensorSequence::open(bytesOf(words));
  INFO(read.error().message);
  REQUIRE(read);
  CHECK(read->items() == 0);
  CHECK(read->requests() == 1);
  CHECK(read->inputRows().empty());
  CHECK(ids(read->find("user")->ids(0)) == std::vector<uint64_t>{(uint64_t{1} << 44U) | 7U});
  CHECK(read->find("price")->allFloats().empty());
}

TEST_CASE("A warm encoder allocates nothing", "[formats]") {
  ManyOutputs program;
  TensorSequenceEncoder encoder(program.info());
  std::string wire;
  encoder.encode(program.result(), wire);
  std::string first = wire;
  wire.clear();
  size_t before = allocationCount();
  encoder.encode(program.result(), wire);
  CHECK(allocationCount() == before);
  CHECK(wire == first);
}

TEST_CASE("Padding on the left is said by a buffer of version 2", "[formats]") {
  ManyOutputs program;
  auto firstBytes = [&](const ProgramInfo& info, std::vector<uint64_t>& words) {
    std::string wire;
    TensorSequenceEncoder(info).encode(program.result(), wire, program.rows());
    words = aligned(wire);
    Expected<TensorSequence> read = TensorSequence::open(bytesOf(words));
    REQUIRE(read.error().message == "");
    return *read;
  };
  ProgramInfo info = program.info();
  std::vector<uint64_t> words;
  TensorSequence plain = firstBytes(info, words);
  CHECK(static_cast<uint32_t>(words[1]) == 1);
  for (uint32_t t = 0; t < plain.size(); ++t) CHECK(!plain[t].padLeft());
  auto padded = std::ranges::find(info.outputs, OutputKind::Sequence, &OutputInfo::kind);
  REQUIRE(padded != info.outputs.end());
  padded->padLeft = true;
  TensorSequence left = firstBytes(info, words);
  CHECK(static_cast<uint32_t>(words[1]) == 2);
  for (uint32_t t = 0; t < left.size(); ++t) CHECK(left[t].padLeft() == info.outputs[t].padLeft);
}

TEST_CASE("Buffers that are cut, damaged or of another version are refused", "[formats]") {
  ManyOutputs program;
  std::string wire;
  TensorSequenceEncoder(program.info()).encode(program.result(), wire, program.rows());
  std::vector<uint64_t> words = aligned(wire);
  std::string_view bytes = bytesOf(words);
  REQUIRE(problemOf(bytes).empty());

  for (size_t size = 0; size < bytes.size(); ++size) {
    // A copy of its own, so that a sanitizer sees what is read behind it.
    std::unique_ptr<char[]> cut(new char[size + 1]);
    std::memcpy(cut.get(), bytes.data(), size);
    std::string problem = problemOf({cut.get(), size});
    REQUIRE(problem.starts_with("truncated"));
  }
  CHECK(problemOf(std::string(200, 'x')).starts_with("not a tensor sequence"));

  auto* raw = reinterpret_cast<unsigned char*>(words.data());
  for (size_t i = 0; i < bytes.size(); ++i) {
    raw[i] ^= 0x41U;
    CHECK_FALSE(problemOf(bytes).empty());
    raw[i] ^= 0x41U;
  }
  raw[8] = 3;
  CHECK(problemOf(bytes) == "a version of the format that this reader does not know");
  raw[8] = 1;
  CHECK(problemOf(bytes.substr(0)).empty());

  // With a sum that fits, whatever a byte says: refused, or all of it can be walked.
  size_t refused = 0;
  for (size_t i = 32; i < bytes.size(); ++i) {
    for (unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      raw[i] ^= static_cast<unsigned char>(flip);
      seal(words);
      Expected<TensorSequence> read = TensorSequence::open(bytes);
      refused += read ? 0 : 1;
      uint64_t sum = 0;
      for (uint32_t t = 0; read && t < read->size(); ++t)
        for (uint64_t cell = 0; cell < (*read)[t].cells(); ++cell)
          sum += (*read)[t].ids(cell).size() + (*read)[t].floats(cell).size() + (*read)[t].name().size();
      REQUIRE(sum < 1'000'000);
      raw[i] ^= static_cast<unsigned char>(flip);
    }
  }
  CHECK(refused > 500);
}

TEST_CASE("Compressed tensor sequences unpack to what was compressed", "[formats]") {
  ManyOutputs program;
  std::string wire;
  TensorSequenceEncoder(program.info()).encode(program.result(), wire, program.rows());
  std::string packed;
  TensorSequenceCompressor compressor;
  compressor.compress(wire, packed);
  CHECK(packed.size() < wire.size());
  CHECK(packed.size() % 8 == 0);
  std::vector<uint64_t> words = aligned(packed);
  CHECK(problemOf(bytesOf(words)) == "compressed: unpack it first");
  Expected<std::vector<uint64_t>> plain = unpackTensorSequence(packed);
  REQUIRE(plain);
  CHECK(bytesOf(*plain) == wire);
  CHECK(unpackTensorSequence(packed, 1000).error().message == "unpacked it would take more memory than is allowed");
  packed[packed.size() / 2] ^= 1;
  CHECK(unpackTensorSequence(packed).error().message == "corrupted: the checksum is wrong");
}
