// SPDX-License-Identifier: Apache-2.0
// Fuzzes what a Redis may answer: bytes that come on a connection, through hiredis' reader and our decoding. Whatever
// they are, a fetch has an answer with a row a key, and nothing crashes.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "stores/open_store.h"
#include "tests/fuzz/require.h"

namespace {

using namespace featc;

SourceInfo everyType(Encoding encoding) {
  SourceInfo source{"s", {{"k", Type::string()}}, "{k}", encoding, {}};
  for (const char* type : {"int64", "float64", "bool", "string", "list<string>", "map<string, int64>"})
    source.fields.push_back({std::string(1, static_cast<char>('a' + source.fields.size())), *parseType(type)});
  return source;
}

// Greets as Redis does; to the first question it answers the input, then it hangs up.
class Server {
 public:
  Server() : listener_(socket(AF_UNIX, SOCK_STREAM, 0)), path_("/tmp/featc-redis-reply-" + std::to_string(getpid())) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    unlink(path_.c_str());
    require(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && listen(listener_, 8) == 0);
    std::atexit([] { unlink(instance().path_.c_str()); });
    std::thread([this] { serve(); }).detach();
  }
  static Server& instance() {
    static Server& server = *new Server;  // its thread ends with the process
    return server;
  }

  std::string url() const { return "redis+unix://" + path_ + "?db=0&timeout=5s&breaker=off&max_value_bytes=1000"; }
  void setAnswer(std::string_view answer) {
    std::lock_guard lock(mutex_);
    answer_ = answer;
  }

 private:
  void serve() {
    for (;;) {
      int connection = accept(listener_, nullptr, nullptr);
      char buffer[4096];
      bool asked = false;
      for (ssize_t bytes = 0; !asked && (bytes = read(connection, buffer, sizeof buffer)) > 0;) {
        std::string_view text(buffer, static_cast<size_t>(bytes));
        asked = text.find("PING") == std::string_view::npos;
        std::lock_guard lock(mutex_);
        send(connection, asked ? answer_ : std::string_view("+PONG\r\n"));
      }
      close(connection);
    }
  }
  static void send(int connection, std::string_view text) {
    while (!text.empty()) {
      ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<size_t>(sent));
    }
  }

  int listener_;
  std::string path_;
  std::mutex mutex_;
  std::string answer_;
};

}  // namespace

// The first byte says which encoding is asked for.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const SourceInfo sources[] = {everyType(Encoding::Hash), everyType(Encoding::Json)};
  static const std::vector<std::string> keys = {"one", "two"};
  static const std::vector<uint32_t> fields = {0, 1, 2, 3, 4, 5};
  if (size == 0) return 0;
  Server& server = Server::instance();
  server.setAnswer({reinterpret_cast<const char*>(data + 1), size - 1});
  const SourceInfo& source = sources[data[0] & 1U];
  std::shared_ptr<Store> store = openStore(server.url()).store;
  std::promise<FetchResult> promise;
  store->fetch({&source, keys, fields}, [&](FetchResult answer) { promise.set_value(std::move(answer)); });
  FetchResult result = promise.get_future().get();
  require(result.status.size() == keys.size() && result.columns.size() == fields.size());
  for (size_t k = 0; k < keys.size(); ++k) require(result.badFieldsOf(k) <= fields.size());
  for (size_t k = 0; k < keys.size(); ++k)
    for (size_t f = 0; f < fields.size(); ++f) {
      Value value = loadCell(result.columns[f], source.fields[f].type, k);
      require(value.isMissing() || result.status[k] == KeyStatus::Found);
    }
  return 0;
}
