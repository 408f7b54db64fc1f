// SPDX-License-Identifier: Apache-2.0
#include "tools/git_revision.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

extern char** environ;

namespace featc {
namespace {

namespace fs = std::filesystem;

Error failed(std::string message) { return {std::move(message), ErrorCode::NoFile}; }

// What a child process writes: a file without a name.
class Output {
 public:
  Output() : file_(std::tmpfile()) {}
  ~Output() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  bool good() const { return file_ != nullptr; }
  int handle() const { return fileno(file_); }
  // All of it, without line ends at its end.
  std::string text() const {
    std::string text;
    std::array<char, 4096> buffer{};
    std::rewind(file_);
    for (size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), file_)) > 0;) text.append(buffer.data(), n);
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }

 private:
  std::FILE* file_;
};

// What git printed; an error with what it complained of. `index`: instead of the repository's.
Expected<std::string> git(std::vector<std::string> arguments, const fs::path& index = {}) {
  arguments.insert(arguments.begin(), "git");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::string indexVariable = "GIT_INDEX_FILE=" + index.string();
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable)
    if (index.empty() || std::strncmp(*variable, "GIT_INDEX_FILE=", 15) != 0) environment.push_back(*variable);
  if (!index.empty()) environment.push_back(indexVariable.data());
  environment.push_back(nullptr);

  // Apart: git also warns where it succeeds.
  Output printed;
  Output complaints;
  if (!printed.good() || !complaints.good()) return failed(std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, printed.handle(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, complaints.handle(), STDERR_FILENO);
  pid_t child = 0;
  const int spawned = posix_spawnp(&child, "git", &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) return failed(fmt::format("cannot run git: {}", std::strerror(spawned)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return printed.text();
  const std::string complaint = complaints.text();
  return failed(complaint.empty() ? "git failed" : complaint.substr(0, complaint.find('\n')));
}

// Of the `:` behind the revision, which may have others in braces: `HEAD^{/fix: it}`. npos: there is none.
size_t colonOf(const std::string& argument) {
  int depth = 0;
  for (size_t i = 0; i < argument.size(); ++i) {
    if (argument[i] == '{') ++depth;
    if (argument[i] == '}') --depth;
    if (argument[i] == ':' && depth == 0) return i;
  }
  return std::string::npos;
}

bool leadsOut(const fs::path& path) { return path.is_absolute() || (!path.empty() && *path.begin() == ".."); }

// A path as git takes it behind `REV:`, from the top of the repository.
Expected<fs::path> fromTop(const fs::path& path) {
  fs::path found = path;
  if (*path.begin() == "." || *path.begin() == "..") {
    Expected<std::string> prefix = git({"rev-parse", "--show-prefix"});
    if (!prefix) return prefix.error();
    found = fs::path(*prefix) / path;
  }
  found = found.lexically_normal();
  if (leadsOut(found))
    return failed("the path counts from the top of the repository or, with ./ before it, from the current folder");
  return found;
}

// The folder that has all that the config imports, from the top of the repository; empty: all of it.
Expected<fs::path> rootFromTop(const std::string& root, const fs::path& config, const fs::path& top) {
  if (root.empty()) return config.parent_path();
  std::error_code error;
  const fs::path found = fs::weakly_canonical(fs::absolute(root, error), error).lexically_relative(top);
  if (error || found.empty() || leadsOut(found))
    return failed(fmt::format("--root {} is outside the repository", root));
  return found == "." ? fs::path() : found;
}

}  // namespace

GitRevision::~GitRevision() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

bool GitRevision::isNamedBy(const std::string& argument) {
  const size_t colon = colonOf(argument);
  std::error_code ignored;
  return colon != std::string::npos && colon > 0 && colon + 1 < argument.size() && !fs::exists(argument, ignored);
}

Expected<std::unique_ptr<GitRevision>> GitRevision::checkOut(const std::string& argument, const std::string& root) {
  const size_t colon = colonOf(argument);
  const std::string revision = argument.substr(0, colon);
  Expected<std::string> top = git({"rev-parse", "--show-toplevel"});
  if (!top) return top.error();
  // Never taken for an option.
  Expected<std::string> commit = git({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{tree}"});
  if (!commit) return failed(fmt::format("git knows no revision \"{}\" here", revision));
  Expected<fs::path> config = fromTop(argument.substr(colon + 1));
  if (!config) return config.error();
  Expected<fs::path> folder = rootFromTop(root, *config, *top);
  if (!folder) return folder.error();

  // Absolute, since git runs in another folder.
  std::string name = fs::absolute(fs::temp_directory_path() / "featc-diff-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return failed(fmt::format("cannot make {}: {}", name, std::strerror(errno)));
  std::unique_ptr<GitRevision> made(new GitRevision(name));
  const fs::path index = made->folder_ / "index";
  const fs::path files = made->folder_ / "files";
  std::vector<std::string> read = {"-C", *top, "read-tree"};
  if (!folder->empty()) read.push_back(fmt::format("--prefix={}/", folder->string()));
  read.push_back(folder->empty() ? *commit : fmt::format("{}:{}", *commit, folder->string()));
  if (Expected<std::string> done = git(read, index); !done)
    return failed(fmt::format("{} has no folder {}", revision, folder->string()));
  if (Expected<std::string> done = git({"-C", *top, "checkout-index", "-a", "--prefix=" + files.string() + "/"}, index);
      !done)
    return done.error();
  made->revision_ = revision;
  made->config_ = files / *config;
  made->root_ = files / *folder;
  std::error_code ignored;
  if (!fs::is_regular_file(made->config_, ignored))
    return failed(fmt::format("{} has no file {}", revision, config->string()));
  return made;
}

std::string GitRevision::asNamed(std::string text) const {
  const std::string prefix = (folder_ / "files").string() + "/";
  for (size_t at = 0; (at = text.find(prefix, at)) != std::string::npos;)
    text.replace(at, prefix.size(), revision_ + ":");
  return text;
}

}  // namespace featc
