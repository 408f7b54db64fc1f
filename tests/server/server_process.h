// SPDX-License-Identifier: Apache-2.0
// `featc serve` as a process of its own, with a copy of the test's configs in a folder that goes with it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace featc::test {

struct ServerSetup {
  std::vector<std::string> options{};
  std::map<std::string, std::string> configs{};  // by name, besides those of data/configs
  std::string until{};                           // what its log says once it has come far enough; empty: it listens
};

class ServerProcess {
 public:
  // Started on free ports with `options` besides those that say where its data is (with a `--store` among them they
  // say it all); it watches its configs. Returns when it listens.
  explicit ServerProcess(const std::vector<std::string>& options);
  explicit ServerProcess(const ServerSetup& setup);
  // Killed when it was not stopped.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // `127.0.0.1:PORT`, for requests; and for health and metrics.
  const std::string& address() const { return address_; }
  const std::string& adminAddress() const { return adminAddress_; }
  const std::filesystem::path& folder() const { return folder_; }
  // What it has logged.
  std::string log() const;
  // Of the copy that it serves.
  void writeConfig(const std::string& name, const std::string& text) const;
  std::string readConfig(const std::string& name) const;

  void signal(int number) const;
  // Its exit code; nothing when a signal ended it.
  std::optional<int> wait();

 private:
  // What stands in a line of its output behind `before`.
  std::string addressIn(const std::string& line, const std::string& before) const;

  std::filesystem::path folder_;
  std::string address_;
  std::string adminAddress_;
  pid_t process_ = -1;
};

// All that `command` writes to stdout.
std::string outputOf(const std::string& command);
std::string readFile(const std::filesystem::path& path);

// The test's request, and what `featc run` prints for it with one of the test's configs.
std::string request();
std::string expected(const std::string& config, const std::string& format = "json");

}  // namespace featc::test
