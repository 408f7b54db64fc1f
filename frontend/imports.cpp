// SPDX-License-Identifier: Apache-2.0
// Finds and reads config files; keeps imports inside the root folder.
#include "frontend/imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include "frontend/literals.h"
#include "support/suggest.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

FileProblem unreadable(std::string message) { return {FileProblem::Kind::Unreadable, std::move(message)}; }

// `No such file or directory` as the start of a sentence's second half.
std::string reason(const std::error_code& error) {
  std::string text = error.message();
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

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
  return near ? (written.parent_path() / *near).string() : std::string();
}

}  // namespace

void report(const FileProblem& problem, std::string_view verb, std::string_view name, Span at,
            Diagnostics& diagnostics) {
  switch (problem.kind) {
    case FileProblem::Kind::Unreadable: {
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

std::variant<std::string, FileProblem> readConfigFile(const fs::path& path, size_t limit) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (!fs::exists(status))
    return unreadable(reason(error ? error : std::make_error_code(std::errc::no_such_file_or_directory)));
  if (fs::is_directory(status)) return unreadable("it is a folder");
  FileProblem tooLarge{FileProblem::Kind::TooLarge, fmt::format("it is larger than {} bytes", limit)};
  if (fs::is_regular_file(status)) {
    uintmax_t size = fs::file_size(path, error);
    if (!error && size > limit) return tooLarge;
  }
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) return unreadable(reason({errno, std::generic_category()}));
  std::string text;
  size_t used = 0;
  size_t got = 0;
  do {
    constexpr size_t kChunk = size_t{1} << 20U;
    text.resize(used + kChunk);
    got = std::fread(text.data() + used, 1, kChunk, file.get());
    used += got;
    if (used > limit) return tooLarge;
  } while (got > 0);
  if (std::ferror(file.get()) != 0) return unreadable(reason({errno, std::generic_category()}));
  text.resize(used);
  return text;
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

std::variant<fs::path, FileProblem> resolveImport(const std::string& written, const fs::path& folder,
                                                  const fs::path& root) {
  if (written.empty()) return unreadable("the name is empty");
  if (written.find('\0') != std::string::npos) return unreadable("the name holds a NUL");
  fs::path path(written);
  if (path.is_absolute()) {
    return FileProblem{FileProblem::Kind::OutsideRoot, "a path is written relative to the file that it stands in"};
  }
  std::error_code error;
  fs::path resolved = fs::canonical(folder / path, error);
  // What is outside is none of the config's business, whether it exists or not.
  fs::path probable = error ? (folder / path).lexically_normal() : resolved;
  if (!isInside(probable, root)) {
    return FileProblem{FileProblem::Kind::OutsideRoot, "it lies outside of the root folder (see --root)"};
  }
  if (error) return FileProblem{FileProblem::Kind::Unreadable, reason(error), nearestFile(path, folder, root)};
  fs::file_status status = fs::status(resolved, error);
  if (fs::is_directory(status)) return unreadable("it is a folder");
  if (!fs::is_regular_file(status)) return unreadable("it is no plain file");
  return resolved;
}

}  // namespace featc
