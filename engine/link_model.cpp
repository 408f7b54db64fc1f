// SPDX-License-Identifier: Apache-2.0
// Runs the compiler driver that links a library, in a folder of its own.
#include "engine/link_model.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "codegen/plan/built_model.h"
#include "engine/aot/cpu_features.h"
#include "engine/aot/library_seal.h"
#include "support/error.h"

extern char** environ;

namespace featc {

namespace {

namespace fs = std::filesystem;

class WorkFolder {
 public:
  WorkFolder() {
    std::error_code ignored;
    std::string pattern = (fs::temp_directory_path(ignored) / "featc-build-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

bool writeFile(const fs::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  out.close();
  return out.good();
}

std::optional<std::string> readFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

bool isOnPath(const std::string& program) {
  const char* path = getenv("PATH");
  std::stringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  return false;
}

bool isThisMachines(const std::string& target) { return target == fmt::format("{}-linux-gnu", thisArchitecture()); }

// The first of the target's compiler drivers that is installed.
Expected<std::string> findCompiler(const std::string& target) {
  std::vector<std::string> programs;
  if (isThisMachines(target)) programs = {"c++", "g++", "clang++"};
  programs.push_back(target + "-g++");
  programs.push_back(target + "-clang++");
  for (const std::string& program : programs)
    if (isOnPath(program)) return program;
  return Error(fmt::format("linking a library for {} needs a C++ compiler, and none of these is installed: {}", target,
                           fmt::join(programs, ", ")),
               ErrorCode::NoFile);
}

// Where the build and the installed program keep the runtime of a target.
Expected<fs::path> findRuntime(const std::string& target, const fs::path& given) {
  std::vector<fs::path> folders;
  if (!given.empty()) {
    folders = {given, given / target};
  } else {
    std::error_code ignored;
    fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    folders = {program / "runtime" / target, program.parent_path() / "lib" / "featc" / "runtime" / target};
  }
  for (const fs::path& folder : folders)
    if (fs::exists(folder / "libfeatc_run.a") && fs::exists(folder / "link.txt")) return folder;
  std::vector<std::string> names;
  for (const fs::path& folder : folders) names.push_back(folder.string());
  return Error(fmt::format("featc's runtime for {} (libfeatc_run.a and link.txt) is not in {}", target,
                           fmt::join(names, " or ")),
               ErrorCode::NoFile);
}

// Runs a program with its output in `log`; its exit status, or -1 where it did not start.
int runProgram(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = 0;
  int failed = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Options for the linker, one a line. A runtime that was built without stores has none for them.
void addLines(const fs::path& file, std::vector<std::string>& command) {
  std::istringstream lines(readFile(file).value_or(""));
  for (std::string line; std::getline(lines, line);) command.push_back(line);
}

// Only the C interface and the model are visible from outside: two libraries, or a library and a
// program with another featc in it, must not take each other's functions.
constexpr const char* kExports = "{ global: featc_*; local: *; };\n";

}  // namespace

LinkedLibrary linkLibrary(const BuiltObject& object, const LinkOptions& options) {
  LinkedLibrary linked;
  Expected<std::string> compiler = findCompiler(object.target);
  if (!compiler) {
    linked.error = compiler.error().message;
    return linked;
  }
  fs::path runtime;
  if (options.withRuntime) {
    Expected<fs::path> found = findRuntime(object.target, options.runtime);
    if (!found) {
      linked.error = found.error().message;
      return linked;
    }
    runtime = *std::move(found);
  }
  WorkFolder folder;
  fs::path input = folder.path() / "model.o";
  fs::path exports = folder.path() / "exports";
  fs::path output = folder.path() / "model.so";
  fs::path log = folder.path() / "log";
  if (folder.path().empty() || !writeFile(input, object.object) || !writeFile(exports, kExports)) {
    linked.error = fmt::format("cannot write to the folder for temporary files: {}", std::strerror(errno));
    return linked;
  }
  std::vector<std::string> command{*compiler,
                                   "-shared",
                                   "-Wl,-soname," + options.soname,
                                   "-o",
                                   output,
                                   input,
                                   "-Wl,--version-script=" + exports.string(),
                                   fmt::format("-Wl,--defsym={0}={0}_{1}", kBuiltName, object.name)};
  if (options.withRuntime) {
    // Nothing in the model refers to the C interface: it has to be asked for.
    command.insert(command.end(), {"-static-libstdc++", "-static-libgcc", "-Wl,-u,featc_open_model",
                                   "-Wl,-u,featc_result_arrow", "-Wl,--gc-sections", runtime / "libfeatc_run.a"});
    if (object.reads) addLines(runtime / "link_stores.txt", command);
    addLines(runtime / "link.txt", command);
  } else {
    command.insert(command.end(), {"-nostdlib", "-Wl,--as-needed", "-lm"});
  }
  int status = runProgram(command, log);
  std::optional<std::string> bytes;
  if (status == 0) bytes = readFile(output);
  if (!bytes) {
    linked.error = fmt::format("{} could not link the library:\n{}", *compiler, readFile(log).value_or(""));
    return linked;
  }
  linked.bytes = sealLibrary(std::move(*bytes));
  return linked;
}

}  // namespace featc
