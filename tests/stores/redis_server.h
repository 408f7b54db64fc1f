// SPDX-License-Identifier: Apache-2.0
// A folder of its own, and a Redis of its own in it, for tests and benchmarks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace featc::test {

// Both throw std::runtime_error where the machine does not let them.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

// Debian's redis-server on a socket in a folder that goes with it; nothing is saved.
class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> options = {});
  ~RedisServer() { stop(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  // Returns when it answers.
  void start();
  // Kills it.
  void stop();
  // While it is paused it accepts, and answers nothing.
  void pause() const;
  void resume() const;
  int pid() const { return pid_; }
  std::string url(const std::string& parameters = "") const;
  std::string socket() const { return folder_.path("socket"); }
  // One command, blocking; what it answered as text, of a list the first.
  std::string command(const std::vector<std::string>& words) const;

 private:
  TempFolder folder_;
  std::vector<std::string> options_;
  std::string password_;
  int pid_ = 0;
};

}  // namespace featc::test
