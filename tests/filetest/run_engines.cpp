// SPDX-License-Identifier: Apache-2.0
// Every engine on a test's requests, in batches of several sizes.
#include "tests/filetest/run_engines.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/extractor.h"
#include "runtime/json_reader.h"
#include "runtime/memory_store.h"
#include "runtime/record_reader.h"
#include "tests/common/compare.h"

namespace featc {
namespace {

std::string idText(uint64_t id) { return id == 0 ? "0" : fmt::format("{}:{}", slotOf(id), payloadOf(id)); }

std::string rowText(const OutputColumn& column, const OutputInfo& info, int64_t row) {
  auto r = static_cast<size_t>(row);
  std::string out;
  if (info.kind == OutputKind::Dense) {
    for (size_t k = 0; k < column.width; ++k)
      out += fmt::format("{}{}", k == 0 ? "" : ", ", formatFloat(column.dense[r * column.width + k]));
    return info.hasWidth ? fmt::format("[{}]", out) : out;
  }
  if (!column.ragged) return column.ids[r] == 0 ? "none" : idText(column.ids[r]);
  for (int64_t i = column.offsets[r]; i < column.offsets[r + 1]; ++i) {
    auto at = static_cast<size_t>(i);
    out += fmt::format("{}{}", out.empty() ? "" : ", ", idText(column.ids[at]));
    if (column.weighted) out += fmt::format("*{}", formatFloat(column.weights[at]));
  }
  return out.empty() ? "none" : out;
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
                       std::optional<Result>& meaning, std::string& messages) {
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
    if (RunError error = extractor.run(builder.batch(), scratch, result)) return error.message;
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
    for (int64_t maxItems : {kAll, int64_t{1}, int64_t{5}}) {
      std::string told;
      std::string problem = runBatches(extractor, requests, maxItems, meaning, told);
      messages += told;
      if (!problem.empty()) {
        out.failure = fmt::format("{}, batches of {} items: {}", engine.name, maxItems, problem);
        return out;
      }
    }
  }
  out.text = messages + resultText(info, *meaning);
  return out;
}

}  // namespace featc
