// SPDX-License-Identifier: Apache-2.0
// `featc serve` as a process of its own.
#include "tests/server/server_process.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/common/eventually.h"

extern char** environ;

namespace featc::test {

namespace fs = std::filesystem;

namespace {

// Starts `arguments` with its stdout in the pipe that is returned, and its stderr in the file `log`.
int spawn(const std::vector<std::string>& arguments, const fs::path& log, pid_t& process) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipe[0]);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  int failed = posix_spawn(&process, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  if (failed != 0) throw std::runtime_error("cannot start " + arguments[0]);
  return pipe[0];
}

std::string lineOf(int file) {
  std::string line;
  for (char byte = 0; read(file, &byte, 1) == 1 && byte != '\n';) line += byte;
  return line;
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& options) : ServerProcess(ServerSetup{options}) {}

ServerProcess::ServerProcess(const ServerSetup& setup) {
  const auto& [options, configs, until] = setup;
  std::string name = (fs::temp_directory_path() / "featc-server-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
  folder_ = name;
  fs::copy(FEATC_SERVER_DATA "/configs", folder_ / "configs");
  for (const auto& [config, text] : configs) writeConfig(config, text);
  std::vector<std::string> arguments{
      FEATC_PROGRAM, "serve", (folder_ / "configs").string(), "--port", "0", "--admin-port", "0", "--watch"};
  if (std::ranges::find(options, "--store") == options.end())
    arguments.insert(arguments.end(), {"--store", "default=jsonl:" FEATC_SERVER_DATA "/shoppers.jsonl"});
  arguments.insert(arguments.end(), options.begin(), options.end());
  int out = spawn(arguments, folder_ / "log", process_);
  if (!until.empty()) {
    eventually([&] { return log().find(until) != std::string::npos; });
    close(out);
    return;
  }
  adminAddress_ = addressIn(lineOf(out), "admin on ");
  address_ = addressIn(lineOf(out), "listening on ");
  close(out);
}

ServerProcess::~ServerProcess() {
  if (process_ > 0) {
    signal(SIGKILL);
    wait();
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string ServerProcess::addressIn(const std::string& line, const std::string& before) const {
  if (!line.starts_with(before)) throw std::runtime_error("the server says: " + line + log());
  return line.substr(before.size());
}

std::string ServerProcess::log() const { return readFile(folder_ / "log"); }

void ServerProcess::writeConfig(const std::string& name, const std::string& text) const {
  fs::path path = folder_ / "configs" / name;
  std::ofstream(path.string() + ".new", std::ios::binary) << text;
  fs::rename(path.string() + ".new", path);
}

std::string ServerProcess::readConfig(const std::string& name) const { return readFile(folder_ / "configs" / name); }

void ServerProcess::signal(int number) const { kill(process_, number); }

std::optional<int> ServerProcess::wait() {
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
}

std::string outputOf(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string out;
  std::array<char, 4096> buffer{};
  for (size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) out.append(buffer.data(), got);
  pclose(pipe);
  return out;
}

std::string readFile(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string request() { return readFile(FEATC_SERVER_DATA "/request.json"); }

std::string expected(const std::string& config, const std::string& format) {
  return outputOf(
      fmt::format("{0} run {1}/configs/{2}.feat --input {1}/request.json --input-format jsonl --format {3} "
                  "--store default=jsonl:{1}/shoppers.jsonl 2>/dev/null",
                  FEATC_PROGRAM, FEATC_SERVER_DATA, config, format));
}

}  // namespace featc::test
