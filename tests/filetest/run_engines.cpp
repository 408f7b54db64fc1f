// SPDX-License-Identifier: Apache-2.0
// Every engine on a test's requests, in batches of several sizes.
#include "tests/filetest/run_engines.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/json/json_reader.h"
#include "data/memory/memory_store.h"
#include "data/record_reader.h"
#include "data/result_writer.h"
#include "data/run_totals.h"
#include "runtime/calls/extractor.h"
#include "tests/common/compare.h"

namespace featc {
namespace {

std::string idText(uint64_t id) { return id == 0 ? "0" : fmt::format("{}:{}", slotOf(id), payloadOf(id)); }

std::string denseText(std::span<const float> values, const OutputInfo& info) {
  std::string out;
  for (float v : values) out += fmt::format("{}{}", out.empty() ? "" : ", ", formatFloat(v));
  return info.hasWidth ? fmt::format("[{}]", out) : out;
}

std::string idsText(const ItemIds& ids) {
  std::string out;
  for (size_t i = 0; i < ids.ids.size(); ++i) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", idText(ids.ids[i]));
    if (!ids.weights.empty()) out += fmt::format("*{}", formatFloat(ids.weights[i]));
  }
  return out.empty() ? "none" : out;
}

// One row, or one element of a sequence group.
std::string placeText(const OutputColumn& column, const OutputInfo& info, int64_t place) {
  return info.kind == OutputKind::Dense ? denseText(denseAt(column, place), info) : idsText(idsAt(column, place));
}

std::string rowText(const OutputColumn& column, const OutputInfo& info, int64_t row) {
  if (!column.perElement) return placeText(column, info, row);
  auto r = static_cast<size_t>(row);
  std::string out;
  for (int64_t e = column.elementOffsets[r]; e < column.elementOffsets[r + 1]; ++e)
    out += fmt::format("{}{}", out.empty() ? "" : "; ", placeText(column, info, e));
  return out.empty() ? "no element" : out;
}

std::string resultText(const ProgramInfo& info, const Result& result) {
  std::string out;
  for (size_t o = 0; o < info.outputs.size(); ++o) {
    const OutputColumn& column = result.output(o);
    out += info.outputs[o].name + ":";
    for (int64_t row = 0; row < column.rows; ++row)
      out += fmt::format("{}{}", row == 0 ? " " : " | ", rowText(column, info.outputs[o], row));
    out += '\n';
  }
  for (size_t o = 0; o < info.outputs.size(); ++o) {
    const OutputCounts& c = result.counts(o);
    if (c == OutputCounts()) continue;
    out += fmt::format("counts {}:", info.outputs[o].name);
    if (c.lostBits > 0) out += fmt::format(" lost_bits {}", c.lostBits);
    if (c.droppedWeights > 0) out += fmt::format(" dropped_weights {}", c.droppedWeights);
    if (c.cutDense > 0) out += fmt::format(" cut_dense {}", c.cutDense);
    if (c.cutSequences > 0) out += fmt::format(" cut_sequence {}", c.cutSequences);
    out += '\n';
  }
  if (result.events().unequalLengths > 0)
    out += fmt::format("events: unequal_lengths {}\n", result.events().unequalLengths);
  std::string statuses;
  bool allOk = true;
  for (int64_t item = 0; item < result.items(); ++item) {
    statuses += fmt::format("{}{}", item == 0 ? " " : " | ", statusName(result.status(item)));
    allOk = allOk && result.status(item) == RowStatus::Ok;
  }
  return allOk ? out : fmt::format("{}status:{}\n", out, statuses);
}

// Runs the requests in batches of `maxItems` and compares each with its part of `meaning`; without a
// meaning there is one batch, which becomes it.
std::string runBatches(const Extractor& extractor, const std::string& requests, int64_t maxItems,
                       const CallOptions& options, std::optional<Result>& meaning, std::string& messages) {
  std::string told;
  auto reader = newJsonReader(extractor.info(), memorySource(requests), "input", false,
                              [&](const DataMessage& m) { told += m.render() + "\n"; });
  BatchBuilder builder(extractor.info());
  std::vector<InputRow> rows;
  Scratch scratch(extractor);
  Result result;
  int64_t first = 0;
  bool isMeaning = !meaning;
  while (reader->next(builder, rows, maxItems) == ReadStatus::Batch) {
    if (Error error = extractor.run(builder.batch(), scratch, result, options)) return error.message;
    int64_t count = result.requests();
    if (isMeaning) {
      if (meaning) return "the requests did not fit one batch";
      meaning = std::move(result);
    } else if (auto d = difference(*meaning, result, first)) {
      return *d;
    }
    first += count;
  }
  if (isMeaning && !meaning) meaning.emplace();
  if (meaning->requests() != first) return fmt::format("{} requests against {}", meaning->requests(), first);
  if (isMeaning) messages = told;
  return {};
}

}  // namespace

StageOutput runEngines(const TestFile& test, const ProgramInfo& info, std::span<const TestedEngine> engines) {
  std::string requests = test.section("requests").value_or("{\"request\": {}, \"items\": [{}]}\n");
  StoreBinding stores;
  std::string messages;
  if (auto rows = test.section("store")) {
    StoreLoadReport report;
    stores.fallback = MemoryStore::parse(*rows, info.sources, report);
    for (const auto& bad : report.badLines) messages += fmt::format("store:{}: {}\n", bad.line, bad.reason);
    for (const std::string& w : report.warnings) messages += fmt::format("store: warning: {}\n", w);
  }
  RunLimits limits;
  if (std::string ids = test.setting("limit max_ids"); !ids.empty())
    limits.maxIdsPerRow = static_cast<uint32_t>(std::stoul(ids));
  std::optional<Result> meaning;
  StageOutput out;
  constexpr int64_t kAll = 1'000'000;
  for (const TestedEngine& engine : engines) {
    Extractor extractor(*engine.info, engine.executable, stores, limits);
    CallOptions pipelined;
    pipelined.scheduler = Scheduler::Pipelined;
    pipelined.shardItems = 8;
    for (const auto& [maxItems, options] : {std::pair{kAll, CallOptions()},
                                            {int64_t{1}, CallOptions()},
                                            {int64_t{5}, CallOptions()},
                                            {kAll, pipelined}}) {
      std::string told;
      std::string problem = runBatches(extractor, requests, maxItems, options, meaning, told);
      messages += told;
      if (!problem.empty()) {
        const char* scheduler = options.scheduler == Scheduler::Pipelined ? ", pipelined" : "";
        out.failure = fmt::format("{}, batches of {} items{}: {}", engine.name, maxItems, scheduler, problem);
        return out;
      }
    }
  }
  out.text = messages + resultText(info, *meaning);
  return out;
}

}  // namespace featc
