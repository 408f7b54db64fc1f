// SPDX-License-Identifier: Apache-2.0
// A compiled config as the Python package holds it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "featc/arrow.hpp"
#include "featc/config.hpp"
#include "featc/data.hpp"

namespace featc::python {

// Source name, or `default`, to the URL of its store.
using StoreUrls = std::map<std::string, std::string>;

// Immutable; all but the constructor may be called from several threads at once.
class Program {
 public:
  Program(CompiledConfig config, std::shared_ptr<const Executable> executable)
      : config_(std::move(config)), executable_(std::move(executable)) {}

  // Whether anything is computed of a field, by field.
  const std::vector<bool>& inputUsed() const { return executable_->layout().inputUsed; }
  const ProgramInfo& info() const { return config_.optimized.info(); }
  // The main file first, then its imports: the path and the text.
  std::vector<std::pair<std::string, std::string>> files() const;

  // Throws std::invalid_argument where a store cannot be opened.
  StoreBinding bindStores(const StoreUrls& stores) const;
  Extractor extractor(StoreBinding stores) const { return {info(), executable_, std::move(stores)}; }

  // A line for each source that neither its own name nor `default` binds.
  std::vector<std::string> unserved(const StoreUrls& stores) const;

  // What the data of an extraction that has ended says of the config (engine/explain/data_findings.h): of the first
  // one, of large ones, and of each that left an output without a value in every row. A single row may lack an optional
  // field.
  std::vector<std::string> findings(const ArrowStreamReport& report, const StoreBinding& stores) const;

  // Every step, or with `brief` a line a feature, for item `item` of all that the request in JSON, or the stream, has.
  // Throws std::invalid_argument where that cannot be read.
  std::string explain(const std::string& request, uint64_t item, bool brief, const StoreUrls& stores) const;
  std::string explain(ArrowOwner<ArrowArrayStream> rows, uint64_t item, bool brief, const StoreUrls& stores) const;

 private:
  // `problems` is what the reader has said is wrong with the rows.
  std::string explain(RecordReader& reader, const std::vector<DataMessage>& problems, uint64_t item, bool brief,
                      const StoreUrls& stores) const;

  CompiledConfig config_;
  std::shared_ptr<const Executable> executable_;
  mutable std::atomic<bool> isLookedAt_ = false;
};

// What compiling came to: a program, or why there is none.
struct Compiled {
  std::shared_ptr<Program> program;
  std::vector<std::string> diagnostics;  // one JSON object each, and as text
  std::vector<std::string> texts;
  std::string error;
};

// `engine` is jit, interp or tiered.
Compiled compile(const std::string& path, std::optional<std::string> text, const std::string& root,
                 const std::string& engine, const std::string& cpu);

}  // namespace featc::python
