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

void report(const FileProblem& problem, std::string_view verb, std::string_view name, Span at,
            Diagnostics& diagnostics) {
  switch (problem.kind) {
    case FileProblem::Kind::Unreadable:
    case FileProblem::Kind::NotPlain: {
      std::string message = fmt::format("cannot read {}: {}", name, problem.message);
      if (!problem.meant.empty()) message += fmt::format("; did you mean {}?", encodeString(problem.meant));
      Diagnostic& d = diagnostics.report(DiagnosticKind::UnreadableFile, at, std::move(message));
      if (!problem.meant.empty()) d.replace(at, encodeString(problem.meant));
      break;
    }
    case FileProblem::Kind::TooLarge:
      diagnostics.report(DiagnosticKind::FileTooLarge, at, fmt::format("cannot read {}: {}", name, problem.message));
      break;
    case FileProblem::Kind::OutsideRoot:
      diagnostics.report(DiagnosticKind::ImportOutsideRoot, at,
                         fmt::format("cannot {} {}: {}", verb, name, problem.message));
      break;
  }
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

std::variant<ImportFile, FileProblem> openImport(const std::string& written, const fs::path& folder,
                                                 const fs::path& root) {
  if (written.empty()) return unreadable("the name is empty");
  if (written.find('\0') != std::string::npos) return unreadable("the name holds a NUL");
  fs::path path(written);
  if (path.is_absolute()) {
    return FileProblem{FileProblem::Kind::OutsideRoot, "a path is relative to the file that contains it"};
  }
  std::error_code error;
  fs::path resolved = fs::canonical(folder / path, error);
  // What is outside is none of the config's business, whether it exists or not.
  fs::path probable = error ? (folder / path).lexically_normal() : resolved;
  FileProblem outside{FileProblem::Kind::OutsideRoot, "it is outside the root folder (see --root)"};
  if (!isInside(probable, root)) return outside;
  if (error) {
    FileProblem problem = unreadable(error);
    problem.meant = nearestFile(path, folder, root);
    return problem;
  }
  auto opened = ConfigFile::open(resolved);
  if (auto* problem = std::get_if<FileProblem>(&opened)) return std::move(*problem);
  // Between the two another file may have come to lie under the name.
  ConfigFile& file = std::get<ConfigFile>(opened);
  auto place = file.place();
  if (auto* problem = std::get_if<FileProblem>(&place)) return std::move(*problem);
  if (!isInside(std::get<fs::path>(place), root)) return outside;
  return ImportFile{std::move(std::get<fs::path>(place)), std::move(file)};
}

}  // namespace featc
