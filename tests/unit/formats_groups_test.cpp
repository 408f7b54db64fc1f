// SPDX-License-Identifier: Apache-2.0
// Sequence groups in the formats that hold them, and what the others say.
#include <cstring>

#include "data/csv/csv_writer.h"
#include "data/formats/csv_features.h"
#include "data/formats/labelled_writer.h"
#include "data/formats/matrix_writer.h"
#include "data/formats/tensor_sequence.h"
#include "data/formats/tensor_sequence_view.h"
#include "data/result_writer.h"
#include "data/tfrecord/tfrecord_writer.h"
#include "tests/common/catch.h"
#include "tests/unit/formats_fixture.h"

using namespace featc;
using namespace featc::test;

namespace {

ManyOutputs groups() { return ManyOutputs(kGroupRequests, kGroupOutputs); }

// A feature of tf.Example whose key and list's bytes are these, as its map's entry ends with them.
std::string entry(std::string_view key, char tag, const std::string& packed) {
  auto field = [](char t, std::string_view bytes) {
    return std::string(1, t) + static_cast<char>(bytes.size()) + std::string(bytes);
  };
  return field(0x0A, key) + field(0x12, field(tag, packed.empty() ? "" : field(0x0A, packed)));
}

std::string floats(std::initializer_list<float> values) {
  return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(float)};
}

}  // namespace

TEST_CASE("Groups in a tensor sequence have an element a cell", "[formats][groups]") {
  ManyOutputs program = groups();
  std::string wire;
  TensorSequenceEncoder(program.info()).encode(program.result(), wire, program.rows());
  std::vector<uint64_t> words((wire.size() + 7) / 8);
  std::memcpy(words.data(), wire.data(), wire.size());
  Expected<TensorSequence> read = TensorSequence::open(bytesOf(words));
  INFO(read.error().message);
  REQUIRE(read);
  CHECK(read->failedItems() == 1);
  const Result& result = program.result();
  for (uint32_t t = 0; t < read->size(); ++t) {
    const OutputInfo& output = program.info().outputs[t];
    const OutputColumn& column = result.output(t);
    TensorView tensor = (*read)[t];
    INFO(output.name);
    CHECK(tensor.group() == output.group);
    CHECK(tensor.elementOffsets().empty() == output.group.empty());
    if (output.group.empty()) continue;
    CHECK(tensor.rows() == static_cast<uint64_t>(output.scope == Scope::Item ? result.items() : result.requests()));
    for (int64_t item = 0; item < result.items(); ++item) {
      if (result.status(item) != RowStatus::Ok) continue;
      ElementRange elements = elementsOf(result, column, item);
      auto row = static_cast<size_t>(result.row(column, item));
      CHECK(tensor.elementOffsets()[row] == elements.begin);
      CHECK(tensor.elementOffsets()[row + 1] == elements.end);
      for (int64_t e = elements.begin; e < elements.end; ++e) {
        auto cell = static_cast<uint64_t>(e);
        if (output.kind == OutputKind::Dense) {
          CHECK(std::ranges::equal(tensor.floats(cell), denseAt(column, e)));
          continue;
        }
        CHECK(std::ranges::equal(tensor.ids(cell), idsAt(column, e).ids));
        CHECK(std::ranges::equal(tensor.weights(cell), idsAt(column, e).weights));
      }
    }
  }
  // By hand: item 0 has three of its four clicks, item 1 none.
  TensorView price = *read->find("c__price");
  CHECK(std::ranges::equal(price.elementOffsets().first(3), std::vector<int32_t>{0, 3, 3}));
  CHECK(std::ranges::equal(price.allFloats().first(3), std::vector<float>{1.25F, -1, -1}));
  TensorView id = *read->find("s__id");
  CHECK(id.isRequestFeature());
  CHECK(std::ranges::equal(id.allIds(), std::vector<uint64_t>{uint64_t{5} << 44U | 5, uint64_t{5} << 44U | 3}));
}

TEST_CASE("Groups in CSV read back are what was written", "[formats][groups]") {
  ManyOutputs program = groups();
  const Result& result = program.result();
  for (char delimiter : {',', '\t'}) {
    std::unique_ptr<ResultWriter> writer =
        delimiter == ',' ? newCsvWriter(program.info()) : *newTsvWriter(program.info());
    std::string text;
    writer->begin(text);
    writer->write(result, program.rows(), text);
    CsvFeatureReader reader(program.info(), memorySource(text), delimiter);
    for (int64_t item = 0; item < result.items(); ++item) {
      if (result.status(item) != RowStatus::Ok) continue;
      INFO(text << reader.error());
      REQUIRE(reader.next());
      for (size_t i = 0; i < program.info().outputs.size(); ++i) {
        const OutputInfo& output = program.info().outputs[i];
        const OutputColumn& column = result.output(i);
        if (output.group.empty()) continue;
        INFO(output.name);
        ElementRange elements = elementsOf(result, column, item);
        REQUIRE(reader.features()[i].size() == static_cast<size_t>(elements.end - elements.begin));
        for (int64_t e = elements.begin; e < elements.end; ++e) {
          const CsvFeature& read = reader.features()[i][static_cast<size_t>(e - elements.begin)];
          CHECK(std::ranges::equal(read.numbers,
                                   output.kind == OutputKind::Dense ? denseAt(column, e) : std::span<const float>()));
          if (output.kind == OutputKind::Dense) continue;
          CHECK(std::ranges::equal(read.ids, idsAt(column, e).ids));
          CHECK(std::ranges::equal(read.weights, idsAt(column, e).weights));
        }
      }
    }
    CHECK_FALSE(reader.next());
    CHECK(reader.error().empty());
  }
}

TEST_CASE("Groups in tf.Example are flat values, with lengths where an element may have several", "[formats][groups]") {
  ManyOutputs program(R"({"request": {}, "items": [{"v": [1, null, 300], "l": [[7, 8], []]}]})", R"(model t
item { v : list<int64>?  l : list<list<int64>> }
sequence group a over v length 5 {
  sparse id slot 1048575 shared = it
  dense d default 9 = it
  dense w width 2 default 1 = [it]
}
sequence group b over l length 5 {
  sparse ids slot 1 = it
  sparse pairs slot 1048575 shared = weighted(it, [0.5])
}
)");
  Expected<std::unique_ptr<ResultWriter>> writer = newTfrecordWriter(program.info());
  REQUIRE(writer);
  std::string out;
  (*writer)->write(program.result(), program.rows(), out);
  // The ten bytes of id (2^20 - 1) << 44 | low as a varint; 44 is 6 * 7 + 2, so the low 14 bits are bytes of their own.
  auto last = [](char first, char second) {
    return std::string({first, second, '\x80', '\x80', '\x80', '\x80', '\xfc', '\xff', '\xff', '\x01'});
  };
  auto has = [&](const std::string& bytes) { return out.find(bytes) != std::string::npos; };
  CHECK(has(entry("a__id", 0x1A, last('\x81', '\x80') + std::string(1, '\0') + last('\xac', '\x82'))));
  CHECK(has(entry("a__d", 0x12, floats({1, 9, 300}))));
  CHECK(has(entry("a__w", 0x12, floats({1, 1, 1, 1, 300, 1}))));
  CHECK(has(entry("b__ids.lengths", 0x1A, std::string("\x02\0", 2))));
  CHECK(has(entry("b__pairs.weights", 0x12, floats({0.5F}))));
  CHECK(has(entry("b__pairs", 0x1A, last('\x87', '\x80'))));
  CHECK(has(entry("b__pairs.lengths", 0x1A, std::string("\x01\0", 2))));
  CHECK_FALSE(has("a__id.lengths"));

  ManyOutputs clash(R"({"request": {}, "items": []})",
                    "model t\nitem { l : list<list<int64>> }\nsequence group b over l length 5 {\n"
                    "  sparse ids slot 1 = it\n}\ndense `b__ids.lengths` = 1.0\n");
  CHECK(newTfrecordWriter(clash.info())
            .error()
            .message.find("b__ids (its lengths would be called b__ids.lengths, as an output is)") != std::string::npos);
}

TEST_CASE("Formats without room for groups say what to use instead", "[formats][groups]") {
  ManyOutputs program = groups();
  std::string refused = newMatrixWriter(program.info(), MatrixCell::F32).error().message;
  CHECK(refused.starts_with("a matrix of float32 cannot hold c__shop (it has one value per element)"));
  CHECK(refused.ends_with("or --format tensor-sequence"));
  refused = newMatrixWriter(program.info(), MatrixCell::U64).error().message;
  CHECK(refused.ends_with("use --format tensor-sequence"));
  refused = newLibsvmWriter(program.info(), "plain").error().message;
  CHECK(refused.starts_with("libsvm cannot hold c__shop (a sequence group: the order would be lost)"));
  CHECK(refused.ends_with("use --format json, tfrecord or tensor-sequence"));
  refused = newVwWriter(program.info(), "").error().message;
  CHECK(refused.ends_with("use --format json, tfrecord or tensor-sequence"));
}
