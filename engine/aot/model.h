// SPDX-License-Identifier: Apache-2.0
// Models that `featc build` compiled: opened, checked against this machine and this featc, and run.
// Needs neither LLVM nor ANTLR.
//
//   featc::Expected<std::shared_ptr<const featc::Model>> opened = featc::openLibrary("libtakeaway.so");
//   if (!opened) ...opened.error().message...
//   featc::Extractor extractor = (*opened)->extractor(stores);
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "codegen/plan/built_model.h"
#include "ir/graph.h"
#include "ops/extern_fn.h"
#include "runtime/calls/extractor.h"
#include "support/error.h"

namespace featc {

class Model {
 public:
  // `code` keeps what `entry` points into alive.
  Model(Graph graph, NativeEntry entry, std::shared_ptr<const void> code);

  const ProgramInfo& info() const { return graph_.info(); }
  const Graph& graph() const { return graph_; }
  // The sources to bind are info().sources.
  Extractor extractor(StoreBinding stores = {}, RunLimits limits = {}) const;

 private:
  Graph graph_;
  std::shared_ptr<const Executable> executable_;
};

// A library that `featc build` made. It stays in memory while the model or an extractor lives. Its extern fns come from
// `plugins`, and must be those that it was built with. Fails with NoFile, BadModel, OtherBuild, OtherMachine; the
// error's place is the library.
Expected<std::shared_ptr<const Model>> openLibrary(const std::filesystem::path& library,
                                                   const PluginFolders& plugins = {});
// A model that is part of this program; `built` must outlive it.
Expected<std::shared_ptr<const Model>> openBuilt(const featc_built& built, const PluginFolders& plugins = {});

// Deprecated, until the release after 0.1.
struct OpenedModel {
  std::shared_ptr<const Model> model;
  std::string error;  // not empty: no model, and why
};
[[deprecated("use openLibrary")]] OpenedModel openModel(const std::filesystem::path& library,
                                                        const PluginFolders& plugins = {});
[[deprecated("use openBuilt")]] OpenedModel openModel(const featc_built& built, const PluginFolders& plugins = {});

}  // namespace featc
