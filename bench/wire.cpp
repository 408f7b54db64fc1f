// SPDX-License-Identifier: Apache-2.0
// Tensor sequences: their size against the M x N matrix, and what writing and reading them costs.
#include <fmt/format.h>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "bench/data.h"
#include "bench/families.h"
#include "bench/mix.h"
#include "bench/mix_shape.h"
#include "bench/program.h"
#include "bench/takeaway.h"
#include "data/formats/tensor_sequence.h"
#include "data/formats/tensor_sequence_view.h"
#include "data/result_writer.h"

namespace featc::bench {

namespace {

constexpr uint32_t kCandidates = 200;

bool isIdList(const OutputInfo& output) {
  return output.kind == OutputKind::Sparse && (output.type.isList() || output.type.isWeighted());
}

// Cells of 8 bytes that an item has in a matrix: a sequence its length, a list that of the longest of the request, ids
// with weights two each.
uint64_t matrixCells(const OutputInfo& output, const OutputColumn& column, const Result& result) {
  uint64_t own = output.kind == OutputKind::Dense ? output.width : 1;
  if (output.kind == OutputKind::Sequence) own = output.length;
  if (isIdList(output)) {
    own = 0;
    for (int64_t item = 0; item < result.items(); ++item)
      own = std::max<uint64_t>(own, idsOf(result, column, item).ids.size());
  }
  return own * (output.type.isWeighted() ? 2 : 1);
}
uint64_t matrixCells(const ProgramInfo& info, const Result& result) {
  uint64_t cells = 0;
  for (size_t i = 0; i < info.outputs.size(); ++i) cells += matrixCells(info.outputs[i], result.output(i), result);
  return cells;
}

// The matrix itself, for what zstd makes of it.
std::string matrixOf(const ProgramInfo& info, const Result& result) {
  std::string out;
  auto cell = [&](uint64_t bits) { out.append(reinterpret_cast<const char*>(&bits), sizeof bits); };
  auto number = [&](double value) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    cell(bits);
  };
  std::vector<size_t> longest(info.outputs.size());
  for (size_t i = 0; i < info.outputs.size(); ++i)
    for (int64_t item = 0; isIdList(info.outputs[i]) && item < result.items(); ++item)
      longest[i] = std::max(longest[i], idsOf(result, result.output(i), item).ids.size());
  for (int64_t item = 0; item < result.items(); ++item) {
    for (size_t i = 0; i < info.outputs.size(); ++i) {
      const OutputInfo& output = info.outputs[i];
      if (output.kind == OutputKind::Dense) {
        for (float value : denseOf(result, result.output(i), item)) number(value);
        continue;
      }
      ItemIds ids = idsOf(result, result.output(i), item);
      size_t width = output.kind == OutputKind::Sequence ? output.length : std::max<size_t>(longest[i], 1);
      for (size_t k = 0; k < width; ++k) cell(k < ids.ids.size() ? ids.ids[k] : 0);
      for (size_t k = 0; output.type.isWeighted() && k < width; ++k)
        number(k < ids.weights.size() ? ids.weights[k] : 0);
    }
  }
  return out;
}

// Without its sequences.
std::string withoutSequences(const std::string& config) {
  std::string out;
  for (size_t begin = 0; begin < config.size();) {
    size_t end = std::min(config.find('\n', begin), config.size());
    std::string line = config.substr(begin, end - begin);
    if (!line.starts_with("sequence")) out += line + '\n';
    begin = end + 1;
  }
  return out;
}

// The body of a buffer that is `bytes` long with zstd; of anything else in the same way.
size_t compressed(const std::string& bytes) {
  std::string padded(FEATC_TS_HEADER_BYTES, '\0');
  std::string out;
  TensorSequenceCompressor().compress(padded + bytes, out);
  return out.size() - FEATC_TS_HEADER_BYTES;
}

// What a buffer is made of, by kind of tensor: what describes it all, and arrays of values and of offsets.
void parts(Suite& suite, const std::string& title, const ProgramInfo& info, const Result& result,
           const std::string& wire) {
  Expected<TensorSequence> read = TensorSequence::open(wire);
  if (!read) throw Broken(read.error().message);
  struct Part {
    uint64_t tensors = 0;
    uint64_t values = 0;
    uint64_t offsets = 0;
    uint64_t matrix = 0;
  };
  std::map<std::string, Part> all;
  uint64_t arrays = 0;
  for (uint32_t i = 0; i < read->size(); ++i) {
    const OutputInfo& output = info.outputs[i];
    const TensorView tensor = (*read)[i];
    const char* what = output.kind == OutputKind::Dense ? "numbers"
                       : tensor.offsets().empty()       ? "one id"
                                                        : "several ids";
    Part& part = all[fmt::format("{} {}", output.scope == Scope::Item ? "item:" : "request:", what)];
    ++part.tensors;
    part.values += tensor.allIds().size_bytes() + tensor.allFloats().size_bytes() + tensor.allWeights().size_bytes();
    part.offsets += tensor.offsets().size_bytes() + tensor.elementOffsets().size_bytes();
    part.matrix += matrixCells(output, result.output(i), result) * static_cast<uint64_t>(result.items()) * 8;
  }
  std::vector<std::vector<std::string>> rows{{"tensors", "how many", "values", "offsets", "in a matrix"}};
  for (const auto& [name, part] : all) {
    rows.push_back({name, fmt::format("{}", part.tensors), fmt::format("{}", part.values),
                    fmt::format("{}", part.offsets), fmt::format("{}", part.matrix)});
    arrays += part.values + part.offsets;
  }
  rows.push_back(
      {"header, records, names, item offsets, status, padding", "", fmt::format("{}", wire.size() - arrays), "", ""});
  suite.table(title, rows);
}

void sizes(Suite& suite) {
  std::vector<std::vector<std::string>> rows{{"features", "zstd", "matrix, bytes", "tensor sequence, bytes", "ratio"}};
  std::string all = takeawayConfig();
  for (bool sequences : {true, false}) {
    CompiledConfig config = compileText(sequences ? all : withoutSequences(all));
    Program program(extractorOf(config, EngineKind::Jit, ""));
    BatchBuilder builder(program.info());
    fillTakeaway(builder, kCandidates, kSeed);
    program.run(builder.batch());
    std::string wire;
    TensorSequenceEncoder(program.info()).encode(program.result(), wire);
    std::string matrix = matrixOf(program.info(), program.result());
    if (matrix.size() != matrixCells(program.info(), program.result()) * kCandidates * sizeof(uint64_t))
      throw Broken("the matrix has another size than its cells");
    const char* name = sequences ? "all 40" : "without the sequences";
    parts(suite, fmt::format("tensor sequence of 200 candidates, {}, bytes", name), program.info(), program.result(),
          wire);
    double ratio = static_cast<double>(wire.size()) / static_cast<double>(matrix.size());
    size_t smallWire = compressed(wire);
    size_t smallMatrix = compressed(matrix);
    rows.push_back(
        {name, "no", fmt::format("{}", matrix.size()), fmt::format("{}", wire.size()), fmt::format("{:.3f}", ratio)});
    rows.push_back({name, "yes", fmt::format("{}", smallMatrix), fmt::format("{}", smallWire),
                    fmt::format("{:.3f}", static_cast<double>(smallWire) / static_cast<double>(smallMatrix))});
    suite.atMost(fmt::format("takeaway, {} candidates, {}, tensor sequence to matrix", kCandidates, name), ratio, 0.5,
                 "times", "without zstd");
  }
  suite.table(fmt::format("takeaway, one request of {} candidates", kCandidates), rows);
}

// A result of the mix: one id or float a cell and nothing else.
void speed(Suite& suite) {
  constexpr uint32_t kRows = 1000;
  Program program(extractorOf(compileText(mixConfig(kMixOutputs)), EngineKind::Jit, ""));
  BatchBuilder builder(program.info());
  fillMix(builder, kRows, 0, kSeed);
  program.run(builder.batch());
  TensorSequenceEncoder encoder(program.info());
  std::string wire;
  encoder.encode(program.result(), wire);
  auto bytes = static_cast<double>(wire.size());
  auto open = [&](std::string_view buffer, unsigned options) {
    Expected<TensorSequence> read = TensorSequence::open(buffer, options);
    if (!read) throw Broken(read.error().message);
    uint64_t last = 0;
    for (uint32_t t = 0; t < read->size(); ++t) last += (*read)[t].cells();
    benchmark::DoNotOptimize(last);
  };

  Program takeaway(extractorOf(compileText(takeawayConfig()), EngineKind::Jit, ""));
  BatchBuilder request(takeaway.info());
  fillTakeaway(request, kCandidates, kSeed);
  takeaway.run(request.batch());
  TensorSequenceEncoder takeawayEncoder(takeaway.info());
  std::string small;
  takeawayEncoder.encode(takeaway.result(), small);

  constexpr unsigned kTrusted = FEATC_TS_SKIP_CHECKSUM | FEATC_TS_SKIP_OFFSETS;
  std::map<std::string, Samples> times =
      suite.time("tensor sequence",
                 {{"encode mix",
                   [&] {
                     wire.clear();
                     encoder.encode(program.result(), wire);
                     benchmark::DoNotOptimize(wire.data());
                   },
                   bytes},
                  {"check mix", [&] { benchmark::DoNotOptimize(featc_ts_checksum(wire.data(), wire.size())); }, bytes},
                  {"encode takeaway",
                   [&] {
                     small.clear();
                     takeawayEncoder.encode(takeaway.result(), small);
                     benchmark::DoNotOptimize(small.data());
                   },
                   1},
                  {"views takeaway", [&] { open(small, kTrusted); }, 1},
                  {"views and offsets takeaway", [&] { open(small, FEATC_TS_SKIP_CHECKSUM); }, 1},
                  {"all checks takeaway", [&] { open(small, 0); }, 1}});
  // Nanoseconds a byte are seconds a gigabyte.
  double encoded = 1 / times["encode mix"].median();
  suite.table(fmt::format("tensor sequences: mix of {} rows ({:.1f} MB), takeaway of {} candidates ({} bytes)", kRows,
                          bytes * 1e-6, kCandidates, small.size()),
              {{"", "measured"},
               {"encode ids and floats, GB/s", fmt::format("{:.2f}", encoded)},
               {"checksum in C, GB/s", fmt::format("{:.2f}", 1 / times["check mix"].median())},
               {"encode takeaway, ns", fmt::format("{:.0f}", times["encode takeaway"].median())},
               {"views of takeaway, ns", fmt::format("{:.0f}", times["views takeaway"].median())},
               {"and offsets, ns", fmt::format("{:.0f}", times["views and offsets takeaway"].median())},
               {"and checksum, ns", fmt::format("{:.0f}", times["all checks takeaway"].median())}});
  suite.atLeast("tensor sequence, encoding ids and floats", encoded, 1, "GB/s");
  suite.atMost("tensor sequence, decoding takeaway to views without the checksum", times["views takeaway"].median(),
               1000, "ns");
}

}  // namespace

void benchWire(Suite& suite) {
  sizes(suite);
  speed(suite);
}

}  // namespace featc::bench
