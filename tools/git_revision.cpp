// SPDX-License-Identifier: Apache-2.0
#include "tools/git_revision.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
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

// What git printed, without the line end; an error with what it complained of. `index`: instead of the repository's.
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

  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) return failed(std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
  pid_t child = 0;
  const int spawned = posix_spawnp(&child, "git", &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  std::string output;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; spawned == 0 && (n = read(pipe[0], buffer.data(), buffer.size())) != 0;) {
    if (n > 0) output.append(buffer.data(), static_cast<size_t>(n));
    if (n < 0 && errno != EINTR) break;
  }
  close(pipe[0]);
  if (spawned != 0) return failed(fmt::format("cannot run git: {}", std::strerror(spawned)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  while (output.ends_with('\n')) output.pop_back();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return failed(output.empty() ? "git failed" : output.substr(0, output.find('\n')));
  return output;
}

bool isRelative(const std::string& path) { return path.starts_with("./") || path.starts_with("../"); }

// A path as git takes it behind `REV:`, from the top of the repository.
Expected<fs::path> fromTop(const std::string& path) {
  if (!isRelative(path)) return fs::path(path).lexically_normal();
  Expected<std::string> prefix = git({"rev-parse", "--show-prefix"});
  if (!prefix) return prefix.error();
  return (fs::path(*prefix) / path).lexically_normal();
}

}  // namespace

GitRevision::~GitRevision() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

bool GitRevision::isNamedBy(const std::string& argument) {
  const size_t colon = argument.find(':');
  std::error_code ignored;
  return colon != std::string::npos && colon > 0 && colon + 1 < argument.size() && !fs::exists(argument, ignored);
}

Expected<std::unique_ptr<GitRevision>> GitRevision::checkOut(const std::string& argument, const std::string& root) {
  const size_t colon = argument.find(':');
  const std::string revision = argument.substr(0, colon);
  Expected<std::string> top = git({"rev-parse", "--show-toplevel"});
  if (!top) return top.error();
  // Never taken for an option.
  Expected<std::string> commit = git({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{tree}"});
  if (!commit) return failed(fmt::format("git knows no revision \"{}\" here", revision));
  Expected<fs::path> config = fromTop(argument.substr(colon + 1));
  if (!config) return config.error();
  Expected<fs::path> folder = root.empty() ? config->parent_path() : fromTop(root);
  if (!folder) return folder.error();
  if (*folder == ".") folder = fs::path();

  std::string name = (fs::temp_directory_path() / "featc-diff-XXXXXX").string();
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
