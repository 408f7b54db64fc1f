// SPDX-License-Identifier: Apache-2.0
// Reads the files that calls of operators name: vocabularies.
#pragma once

#include <filesystem>
#include <unordered_map>

#include "frontend/ast.h"
#include "frontend/frontend.h"

namespace featc {

// The folder of a config file: as messages show it, and without symlinks.
struct ConfigFolder {
  std::filesystem::path shown;
  std::filesystem::path resolved;
};

// Strings that stand where an operator takes a file become ExprKind::File. `folders`: of each config
// file. What cannot be read is reported, and its argument left out.
void readDataFiles(Ast& ast, const std::unordered_map<FileId, ConfigFolder>& folders, const std::filesystem::path& root,
                   const FrontendLimits& limits, Sources& sources, Diagnostics& diagnostics);

}  // namespace featc
