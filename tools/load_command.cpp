// SPDX-License-Identifier: Apache-2.0
// featc load: rows of JSON lines into stores.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "data/memory/store_rows.h"
#include "stores/store_kind.h"
#include "stores/store_writer.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/data_options.h"
#include "values/hash.h"

namespace featc {
namespace {

struct FillOptions {
  ConfigOptions config;
  std::vector<std::string> stores;
  std::string input;
  bool strict = false;
  bool progress = false;
};

// What one source's rows came to.
struct SourceTotals {
  StoreWriter* writer = nullptr;  // null: no --store serves it
  std::string store;              // its name
  uint64_t rows = 0;
  uint64_t leftOut = 0;  // no store serves it
  struct Key {
    uint64_t hash = 0;
    uint64_t line = 0;
    auto operator<=>(const Key&) const = default;
  };
  std::vector<Key> keys{};  // of the rows that were written

  ReplacedRows replaced() {
    std::ranges::sort(keys);
    ReplacedRows replaced;
    for (size_t i = 1; i < keys.size(); ++i)
      if (keys[i].hash == keys[i - 1].hash) replaced.add(keys[i].line, keys[i - 1].line);
    return replaced;
  }
};

class Filling {
 public:
  Filling(const FillOptions& options, const ProgramInfo& info)
      : options_(options), info_(info), rows_(info.sources), totals_(info.sources.size()) {}

  Error openWriters() {
    Expected<std::vector<StoreChoice>> choices = chooseStores(options_.stores, info_);
    if (!choices) return choices.error();
    for (const StoreChoice& choice : *choices)
      if (Error error = openWriter(choice)) return error;
    return {};
  }

  // The exit code.
  int run() {
    Progress progress(options_.progress || isatty(STDERR_FILENO) != 0, 0);
    Expected<std::unique_ptr<ByteSource>> source = openCounted(options_.input, progress);
    if (!source) return failWith(source.error());
    InputWindow window(*std::move(source));
    skipByteOrderMark(window);
    bool going = true;
    for (uint64_t number = 1; going; ++number) {
      size_t end = window.text().find('\n');
      size_t searched = 0;
      while (end == std::string_view::npos) {
        searched = window.text().size();
        if (!window.grow()) break;
        end = window.text().find('\n', searched);
      }
      if (!window.error().empty()) {
        progress.message(fmt::format("featc: cannot read {}: {}", options_.input, window.error()));
        return kBadInput;
      }
      std::string_view line = window.text().substr(0, end);
      if (line.empty() && end == std::string_view::npos) break;
      if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
        going = takeLine(number, line, progress);
        progress.addItems(1);
      }
      window.consume(std::min(line.size() + 1, window.text().size()));
    }
    progress.clear();
    return finish();
  }

 private:
  Error openWriter(const StoreChoice& choice) {
    StoreUrl url;
    StoreOptions storeOptions;
    storeOptions.source = choice.source;
    if (std::string problem = parseStoreUrl(choice.url, url, storeOptions); !problem.empty())
      return {fmt::format("--store {}=...: {}", choice.source, problem), ErrorCode::BadArgument};
    std::unique_ptr<StoreWriter>& writer = writers_[url.name()];
    if (writer == nullptr) {
      Expected<std::unique_ptr<StoreWriter>> opened = openStoreWriter(url, storeOptions);
      if (!opened)
        return {fmt::format("--store {}=...: {}: {}", choice.source, url.name(), opened.error().message),
                opened.error().code};
      writer = *std::move(opened);
    }
    for (size_t s = 0; s < totals_.size(); ++s) {
      bool own = info_.sources[s].name == choice.source;
      if (!own && (choice.source != "default" || totals_[s].writer != nullptr)) continue;
      totals_[s].writer = writer.get();
      totals_[s].store = url.name();
    }
    return {};
  }

  // False when the run must end.
  bool takeLine(uint64_t number, std::string_view line, Progress& progress) {
    StoreRowReader::Row row = rows_.read(line, number);
    if (row == StoreRowReader::Row::Bad) {
      ++badLines_;
      if (badLines_ <= StoreLoadReport::kMaxBadLines)
        progress.message(fmt::format("{}:{}: {}", options_.input, number, rows_.problem()));
      return !options_.strict;
    }
    if (row == StoreRowReader::Row::Foreign) return true;
    SourceTotals& totals = totals_[rows_.source()];
    if (totals.writer == nullptr) {
      ++totals.leftOut;
      return true;
    }
    ++totals.rows;
    totals.keys.push_back({hashBytes(HashFamily::Xxh3, rows_.key()), number});
    return totals.writer->write(info_.sources[rows_.source()], rows_.key(), rows_.values());
  }

  int finish() {
    bool stopped = options_.strict && badLines_ > 0;
    uint64_t rows = 0;
    bool failed = false;
    for (auto& [name, writer] : writers_) {
      if (writer->flush()) continue;
      failed = true;
      printError("featc: writing to {} failed: {}\n", name, writer->error());
    }
    for (const std::string& warning : rows_.warnings()) printError("{}: warning: {}\n", options_.input, warning);
    for (size_t s = 0; s < totals_.size(); ++s) {
      SourceTotals& totals = totals_[s];
      const std::string& name = info_.sources[s].name;
      rows += totals.rows;
      if (totals.leftOut > 0)
        printError("{}: warning: {} rows of source \"{}\" were left out: no --store takes them\n", options_.input,
                   totals.leftOut, name);
      if (failed || totals.writer == nullptr) continue;
      ReplacedRows replaced = totals.replaced();
      if (replaced.count > 0) printError("{}: warning: {}\n", options_.input, replaced.text(name));
      fmt::print("{}: {} rows, {} keys, {}\n", name, totals.rows, totals.rows - replaced.count, totals.store);
    }
    if (badLines_ > 0)
      printError("{}: {} bad rows were left out{}\n", options_.input, badLines_,
                 stopped ? "; the run ended at the first" : "");
    return failed || stopped || (badLines_ > 0 && rows == 0) ? kBadInput : kFine;
  }

  const FillOptions& options_;
  const ProgramInfo& info_;
  StoreRowReader rows_;
  std::vector<SourceTotals> totals_;                             // by source
  std::map<std::string, std::unique_ptr<StoreWriter>> writers_;  // by store
  uint64_t badLines_ = 0;
};

int runLoad(const FillOptions& options) {
  std::optional<CompiledConfig> config = compileAndReport(options.config);
  if (!config) return kBadInput;
  const ProgramInfo& info = config->optimized.info();
  if (info.sources.empty()) {
    printError("featc: {} declares no source, so there is nothing to load\n", options.config.file);
    return kBadInput;
  }
  Filling filling(options, info);
  if (Error error = filling.openWriters()) return failWith(error);
  return filling.run();
}

}  // namespace

void addLoadCommand(CommandLine& line) {
  auto options = std::make_shared<FillOptions>();
  Command command = line.add("load", "Fill stores with rows of JSON lines");
  addConfigOptions(command, options->config);
  addStoreOption(command, options->stores,
                 fmt::format("Store for rows of source NAME, or of all others: {}", fillableStoreForms()));
  command.find("--store").required();
  command.option("--input", options->input, "The rows; - is stdin").required().placeholder("ROWS");
  command.flag("--strict", options->strict, "End at the first bad row, with exit code 1");
  command.flag("--progress", options->progress, "Show a bar on stderr even where that is not a terminal");
  command.runs([options] { return runLoad(*options); });
}

}  // namespace featc
