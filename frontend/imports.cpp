// SPDX-License-Identifier: Apache-2.0
// Finds config files; keeps imports inside the root folder.
#include "frontend/imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "frontend/literals.h"
#include "support/suggest.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

bool isInside(const fs::path& path, const fs::path& folder) {
  auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  // A folder written with a slash at its end has an empty last part.
  return end == folder.end() || (end->empty() && std::next(end) == folder.end());
}

// The file in the folder that `written` leads to whose name is nearest: `common.feat` for `comon.feat` and `common`.
std::string nearestFile(const fs::path& written, const fs::path& folder, const fs::path& root) {
  std::error_code error;
  fs::path place = fs::canonical(folder / written.parent_path(), error);
  if (error || !isInside(place, root)) return {};
  std::vector<std::string> names;
  constexpr size_t kMost = 2'000;
  for (fs::directory_iterator at(place, error), end; !error && at != end && names.size() < kMost; at.increment(error)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored)) names.push_back(at->path().filename().string());
  }
  std::ranges::sort(names);
  std::string name = written.filename().string();
  std::vector<std::string_view> known(names.begin(), names.end());
  std::string withSuffix = name + ".feat";
  auto near =
      std::ranges::find(known, withSuffix) != known.end() ? std::optional(withSuffix) : nearestName(name, known);
  if (near && *near != withSuffix && !isSlip(name, *near)) near.reset();
  return near ? (written.parent_path() / *near).string() : std::string();
}

}  // namespace

void report(const Error& problem, std::string_view verb, std::string_view name, Span at, Diagnostics& diagnostics) {
  if (problem.code == ErrorCode::BadConfig) {
    diagnostics.report(DiagnosticKind::ImportOutsideRoot, at,
                       fmt::format("cannot {} {}: {}", verb, name, problem.message));
    return;
  }
  std::string message = fmt::format("cannot read {}: {}", name, problem.message);
  if (problem.code == ErrorCode::OverLimit) {
    diagnostics.report(DiagnosticKind::FileTooLarge, at, std::move(message));
    return;
  }
  const std::string meant = problem.place.empty() ? std::string() : encodeString(problem.place);
  if (!meant.empty()) message += fmt::format("; did you mean {}?", meant);
  Diagnostic& d = diagnostics.report(DiagnosticKind::UnreadableFile, at, std::move(message));
  if (!meant.empty()) d.replace(at, meant);
}

fs::path resolveRoot(const fs::path& root, const fs::path& mainFile) {
  std::error_code error;
  fs::path folder = root;
  if (folder.empty()) {
    fs::path file = fs::weakly_canonical(mainFile, error);
    folder = mainFile == "-" || error ? fs::path(".") : file.parent_path();
  }
  fs::path resolved = fs::weakly_canonical(fs::absolute(folder, error), error);
  return error ? folder : resolved;
}

Expected<ImportFile> openImport(const std::string& written, const fs::path& folder, const fs::path& root) {
  if (written.empty()) return unreadable("the name is empty");
  if (written.find('\0') != std::string::npos) return unreadable("the name holds a NUL");
  fs::path path(written);
  if (path.is_absolute()) {
    return Error("a path is relative to the file that contains it", ErrorCode::BadConfig);
  }
  std::error_code error;
  fs::path resolved = fs::canonical(folder / path, error);
  // What is outside is none of the config's business, whether it exists or not.
  fs::path probable = error ? (folder / path).lexically_normal() : resolved;
  const Error outside("it is outside the root folder (see --root)", ErrorCode::BadConfig);
  if (!isInside(probable, root)) return outside;
  if (error) {
    Error problem = unreadable(error);
    problem.place = nearestFile(path, folder, root);
    return problem;
  }
  Expected<ConfigFile> file = ConfigFile::open(resolved);
  if (!file) return std::move(file).error();
  // Between the two another file may have come to lie under the name.
  Expected<fs::path> place = file->place();
  if (!place) return std::move(place).error();
  if (!isInside(*place, root)) return outside;
  return ImportFile{*std::move(place), *std::move(file)};
}

}  // namespace featc
