// SPDX-License-Identifier: Apache-2.0
// cpp-httplib's server with an end that leaves no request behind.
#include "http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <utility>

namespace server {

namespace {

constexpr int kBacklog = 1024;  // connections that the kernel holds until they are accepted

// What the thread's connection stands at.
thread_local bool expectsFirst = false;
thread_local bool isBusy = false;

}  // namespace

// A thread pool that knows which of its connections a request may still come from.
class HttpServer::Connections final : public httplib::TaskQueue {
 public:
  Connections(HttpServer& server, size_t threads) : server_(server), pool_(threads) {}
  // Returns bool in newer versions of the library, nothing in older ones.
  decltype(std::declval<httplib::ThreadPool>().enqueue({})) enqueue(std::function<void()> serve) override {
    ++server_.connections_;
    ++server_.expected_;
    return pool_.enqueue([this, serve = std::move(serve)] {
      expectsFirst = true;
      serve();
      if (std::exchange(expectsFirst, false)) --server_.expected_;
      if (std::exchange(isBusy, false)) --server_.busy_;
      --server_.connections_;
    });
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  HttpServer& server_;
  httplib::ThreadPool pool_;
};

HttpServer::HttpServer(size_t connections) {
  new_task_queue = [this, connections] { return new Connections(*this, connections); };
  set_keep_alive_max_count(SIZE_MAX);
  set_tcp_nodelay(true);
  set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
    ++busy_;
    isBusy = true;
    if (std::exchange(expectsFirst, false)) --expected_;
    if (stopping_) response.set_header("Connection", "close");
    return HandlerResponse::Unhandled;
  });
  // Called when the answer has been written.
  set_logger([this](const httplib::Request&, const httplib::Response&) {
    if (std::exchange(isBusy, false)) --busy_;
  });
}

HttpServer::~HttpServer() {
  if (thread_.joinable()) {
    if (!stopping_) stop();
    thread_.join();
  }
  if (!socketPath_.empty()) unlink(socketPath_.c_str());
}

std::string HttpServer::start(const std::string& address) {
  constexpr std::string_view kUnix = "unix:";
  if (address.starts_with(kUnix)) {
    std::string path = address.substr(kUnix.size());
    set_address_family(AF_UNIX);
    // What a server that did not end well has left; a living one holds its own until it is replaced.
    unlink(path.c_str());
    if (!bind_to_port(path, 80)) return "cannot listen on " + address;
    socketPath_ = path;
    address_ = address;
  } else {
    size_t colon = address.rfind(':');
    int port = -1;
    if (colon != std::string::npos) std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
    if (port < 0 || port > 65'535) return "\"" + address + "\" is neither HOST:PORT nor unix:PATH";
    std::string host = address.substr(0, colon);
    port = port == 0 ? bind_to_any_port(host) : (bind_to_port(host, port) ? port : -1);
    if (port < 0) return "cannot listen on " + address;
    address_ = host + ":" + std::to_string(port);
  }
  // The library asks for five.
  ::listen(svr_sock_, kBacklog);
  thread_ = std::thread([this] { listen_after_bind(); });
  return {};
}

void HttpServer::drain(std::chrono::steady_clock::time_point deadline) {
  using namespace std::chrono_literals;
  stopping_ = true;
  // stop() would close connections whose request has come and is not read yet. This ends accepting alone:
  // the accepting thread leaves its loop and waits for the connections.
  ::shutdown(svr_sock_, SHUT_RDWR);
  // A request may have come on a connection that is kept: quiet has to last.
  int quiet = 0;
  while (quiet < 20 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
    quiet = isQuiet() ? quiet + 1 : 0;
    if (connections_ == 0) return;
  }
}

}  // namespace server
