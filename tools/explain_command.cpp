// SPDX-License-Identifier: Apache-2.0
// featc explain: how one row's features came to be.
#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/explain/explain.h"
#include "engine/explain/prune.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/data_options.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct ExplainOptions {
  ConfigOptions config;
  DataOptions data;
  uint64_t row = 0;
  std::string feature;
  bool brief = false;
};

// Reads up to the request that holds row `row`; false, with a message, where there is none.
bool findRow(RecordReader& reader, uint64_t wanted, BatchBuilder& builder, ExplainedRow& found) {
  std::vector<InputRow> rows;
  while (reader.next(builder, rows, 1) == ReadStatus::Batch) {
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].row != wanted) continue;
      found.batch = builder.batch();
      found.item = static_cast<int64_t>(i);
      found.origin = rows[i];
      reader.tellNotes();
      return true;
    }
  }
  if (wanted < reader.counts().items)
    printError("featc explain: row {} is bad: it has no features\n", wanted);
  else
    printError("featc explain: there is no row {}: the input has {}, counted from 0\n", wanted, reader.counts().items);
  return false;
}

int runExplain(const ExplainOptions& options) {
  std::optional<CompiledConfig> config = compileAndReport(options.config);
  if (!config) return kBadInput;
  std::optional<Graph> graph = options.brief ? config->raw : config->optimized;
  if (!options.feature.empty()) graph = onlyFeature(*graph, options.feature);
  if (!graph) return kBadCommand;

  Expected<StoreBinding> stores = openStores(options.data, graph->info(), {});
  if (!stores) return failWith(stores.error());
  Progress progress(false, 0);
  Expected<std::unique_ptr<RecordReader>> reader = openInput(options.data, graph->info(), false, progress);
  if (!reader) return failWith(reader.error());

  BatchBuilder builder(graph->info());
  ExplainedRow row;
  row.file = options.data.input;
  if (!findRow(**reader, options.row, builder, row)) return kBadInput;
  return printData(options.brief ? explainBrief(*graph, *config, *stores, row) : explainSteps(*graph, *stores, row));
}

}  // namespace

void addExplainCommand(CommandLine& line) {
  auto options = std::make_shared<ExplainOptions>();
  Command command = line.add("explain", "Show every step's value on the way to one row's features");
  addConfigOptions(command, options->config);
  addDataOptions(command, options->data);
  command.option("--row", options->row, "Number of the item in the input, from 0").placeholder("N").showDefault();
  command.option("--feature", options->feature, "Only this feature").placeholder("NAME");
  command.flag("--brief", options->brief, "Only one line per feature");
  command.runs([options] { return runExplain(*options); });
}

}  // namespace featc
