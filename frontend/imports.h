// SPDX-License-Identifier: Apache-2.0
// Finds config files; keeps imports inside the root folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "frontend/config_file.h"
#include "support/diagnostics.h"

namespace featc {

// Reports an error of openImport() or of a ConfigFile. `verb`: what cannot be done with the file, `import` or `read`.
// `name` as messages show it, in quotes.
void report(const Error& problem, std::string_view verb, std::string_view name, Span at, Diagnostics& diagnostics);

// The folder that imports must stay inside, without symlinks: `root`, or the folder of the main file.
std::filesystem::path resolveRoot(const std::filesystem::path& root, const std::filesystem::path& mainFile);

struct ImportFile {
  std::filesystem::path path;  // without symlinks, so that equal paths are equal files
  ConfigFile file;
};

// The file behind `import "written"` in a file of folder `folder`: a plain file inside `root`, opened. Fails as
// ConfigFile::open() does, or with BadConfig: it lies outside of `root`. The error's place is the name, as it would be
// written, of a file that is there; empty: none comes near.
Expected<ImportFile> openImport(const std::string& written, const std::filesystem::path& folder,
                                const std::filesystem::path& root);

}  // namespace featc
