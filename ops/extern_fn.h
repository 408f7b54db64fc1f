// SPDX-License-Identifier: Apache-2.0
// Functions of plug-ins (`extern fn`): loaded from allowed folders, checked, and made operators.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/operator.h"

namespace featc {

// Where plug-ins may come from. None by default: a config cannot load code unless its caller says so.
struct PluginFolders {
  std::vector<std::filesystem::path> folders;  // looked in one after another
};

struct ExternParam {
  std::string name;
  Type type;
};

// `extern fn NAME(a: T, ...) -> T from "LIBRARY"`
struct ExternDecl {
  std::string name;
  std::vector<ExternParam> params;
  Type result;
  std::string library;  // a plain file name
};
// `(string, int64?) -> float64`
std::string signature(const ExternDecl& decl);
// Whether a parameter or result may have the type: a scalar or a list of scalars.
bool isExternType(Type type);

// Whether the operator is an extern fn's.
inline bool isExtern(const Operator& op) { return op.state != nullptr; }

// A function that is loaded, as an operator. It keeps its library in memory, and so does all that runs
// its kernels.
struct ExternFn {
  ExternDecl decl;
  // Of the library's file: its size and hash. Another content is another function.
  std::string content;
  Operator op;
};

// The file of a library, without symlinks, in the first allowed folder that has it; symlinks must not lead out.
std::optional<std::filesystem::path> findPlugin(const std::string& library, const PluginFolders& allowed);
// What ExternFn::content says of a file; nothing where it cannot be read.
std::optional<std::string> pluginContent(const std::filesystem::path& file);

struct LoadedExtern {
  std::shared_ptr<const ExternFn> fn;
  std::string error;  // not empty: no function, and why
};
// Loads the library and checks it against the declaration. Equal declarations of equal libraries give the
// same function while it lives.
LoadedExtern loadExtern(const ExternDecl& decl, const PluginFolders& allowed);

}  // namespace featc
