// SPDX-License-Identifier: Apache-2.0
// From the text of a config to its graph, or to diagnostics that say what is wrong.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "frontend/ast.h"
#include "ir/graph.h"
#include "ops/extern_fn.h"
#include "support/diagnostics.h"

namespace featc {

// Bounds on what a config may cost; each has a diagnostic of its own.
struct FrontendLimits {
  size_t fileBytes = size_t{16} << 20U;
  size_t totalBytes = size_t{64} << 20U;  // of all files together
  size_t dataBytes = size_t{1} << 30U;    // of all files together that operators read: vocabularies
  uint32_t nesting = 256;                 // brackets, unary signs and `?:` inside one another, in tokens
  uint32_t literalElements = 65'536;      // of one list or map literal
  uint32_t imports = 1'000;
  uint32_t outputs = 1U << 20U;
  uint32_t tokens = 4'000'000;           // of all files together
  uint32_t statementTokens = 1'000'000;  // of one statement
  uint32_t expressionDepth = 1'000;      // of one expression's tree: `1 + 1 + ... + 1` counts each sign
  uint32_t graphNodes = 2'000'000;
};

struct FrontendOptions {
  // Folder that imports must stay inside; empty: the main file's folder. Symlinks are resolved.
  std::filesystem::path root;
  // Where extern fns may come from; none unless said.
  PluginFolders plugins;
  FrontendLimits limits;
  bool warnUnusedFields = false;  // each one; else one summary line
  // Opens neither imports nor data files: what they say is missing in the Ast, which is incomplete.
  bool mainFileAlone = false;
};

// Reads the main file and its imports. `mainText` replaces the main file's content when given
// (`-` on the command line, tests); otherwise it is read from `path`.
Ast parseConfig(const std::filesystem::path& path, std::optional<std::string> mainText, const FrontendOptions& options,
                Sources& sources, Diagnostics& diagnostics);

// Names, types, scopes, slots: reports every mistake. Without errors the graph is whole.
Graph makeGraph(const Ast& ast, const FrontendOptions& options, const Sources& sources, Diagnostics& diagnostics);

}  // namespace featc
