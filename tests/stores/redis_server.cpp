// SPDX-License-Identifier: Apache-2.0
// Starts and kills Redis.
#include "tests/stores/redis_server.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace featc::test {

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "featc-stores-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for temporary files");
  folder_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

RedisServer::RedisServer(std::vector<std::string> options) : options_(std::move(options)) {
  auto password = std::ranges::find(options_, "--requirepass");
  if (password != options_.end()) password_ = *(password + 1);
  start();
}

void RedisServer::start() {
  // It ends with this process, however that ends.
  std::vector<std::string> words = {"setpriv",      "--pdeathsig",      "KILL",  "redis-server",   "--port", "0",
                                    "--unixsocket", socket(),           "--dir", folder_.path(""), "--save", "",
                                    "--logfile",    folder_.path("log")};
  words.insert(words.end(), options_.begin(), options_.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  // Not fork(): it would hold up the other threads of a large process.
  if (posix_spawnp(&pid_, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0)
    throw std::runtime_error("redis-server cannot be started");
  for (int i = 0; i < 3000; ++i) {
    if (command({"PING"}) == "PONG") return;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      throw std::runtime_error("redis-server ends at once");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("redis-server does not start");
}

void RedisServer::pause() const { kill(pid_, SIGSTOP); }
void RedisServer::resume() const { kill(pid_, SIGCONT); }

void RedisServer::stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string RedisServer::url(const std::string& parameters) const {
  return "redis+unix://" + socket() + "?db=3" + parameters;
}

std::string RedisServer::command(const std::vector<std::string>& words) const {
  redisContext* connection = redisConnectUnix(socket().c_str());
  std::string answer;
  if (connection != nullptr && connection->err == 0) {
    if (!password_.empty()) freeReplyObject(redisCommand(connection, "AUTH %s", password_.c_str()));
    if (void* reply = redisCommand(connection, "SELECT 3")) freeReplyObject(reply);
    std::vector<const char*> texts;
    std::vector<size_t> sizes;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    auto* reply = static_cast<redisReply*>(
        redisCommandArgv(connection, static_cast<int>(texts.size()), texts.data(), sizes.data()));
    const redisReply* shown = reply;
    if (reply != nullptr && reply->type == REDIS_REPLY_ARRAY && reply->elements > 0) shown = reply->element[0];
    if (shown != nullptr && shown->str != nullptr) answer.assign(shown->str, shown->len);
    if (reply != nullptr) freeReplyObject(reply);
  }
  if (connection != nullptr) redisFree(connection);
  return answer;
}

}  // namespace featc::test
