// SPDX-License-Identifier: Apache-2.0
// Finds and reads config files; keeps imports inside the root folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "support/diagnostics.h"

namespace featc {

// Why a file cannot be had, in words that go after its name.
struct FileProblem {
  enum class Kind : uint8_t { Unreadable, TooLarge, OutsideRoot };
  Kind kind = Kind::Unreadable;
  std::string message;
  std::string meant{};  // the name, as it would be written, of a file that is there; empty: none comes near
};

// `verb`: what cannot be done with the file, `import` or `read`. `name` as messages show it, in quotes.
void report(const FileProblem& problem, std::string_view verb, std::string_view name, Span at,
            Diagnostics& diagnostics);

// The content of a file of at most `limit` bytes. Pipes are read too; folders are refused.
std::variant<std::string, FileProblem> readConfigFile(const std::filesystem::path& path, size_t limit);

// The folder that imports must stay inside, without symlinks: `root`, or the folder of the main file.
std::filesystem::path resolveRoot(const std::filesystem::path& root, const std::filesystem::path& mainFile);

// The file behind `import "written"` in a file of folder `folder`: an existing plain file inside
// `root`, without symlinks, so that equal paths are equal files.
std::variant<std::filesystem::path, FileProblem> resolveImport(const std::string& written,
                                                               const std::filesystem::path& folder,
                                                               const std::filesystem::path& root);

}  // namespace featc
