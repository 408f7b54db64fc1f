// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <future>
#include <optional>
#include <utility>

#include "server/http/connection.h"
#include "support/survive.h"

namespace featc {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

// So many connections beyond the limit are told why they are refused; still more are only closed.
constexpr size_t kToldRefusals = 256;
// How long nobody is accepted after the system had no file or memory left for it.
constexpr std::chrono::milliseconds kAcceptPause{50};

// HOST:PORT or [HOST]:PORT.
std::string parseAddress(const std::string& text, std::string& host, uint16_t& port) {
  size_t colon = text.rfind(':');
  const char* form = "an address is HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080";
  if (colon == std::string::npos) return form;
  host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data() + colon + 1, end, port);
  return error != std::errc() || at != end || host.empty() ? form : "";
}

}  // namespace

class HttpServer::Core {
 public:
  Core(const HttpOptions& options, HttpHandler handler)
      : shared_(std::make_shared<HttpShared>(options, std::move(handler))) {
    for (uint32_t i = 0; i < std::max<uint32_t>(options.threads, 1); ++i)
      loops_.push_back(std::make_shared<HttpLoop>(shared_));
  }

  std::string start(const std::string& address, std::string& listensAt) {
    std::string host;
    uint16_t port = 0;
    if (std::string problem = parseAddress(address, host, port); !problem.empty()) return problem;
    Error error;
    tcp::resolver resolver(loops_[0]->context);
    auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
    if (error || found.empty()) return fmt::format("cannot find the host {}: {}", host, error.message());
    tcp::endpoint endpoint = *found.begin();
    acceptor_.emplace(loops_[0]->context);
    acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor_->non_blocking(true, error);
    if (error) return fmt::format("cannot listen at {}: {}", address, error.message());
    pause_.emplace(loops_[0]->context);
    endpoint = acceptor_->local_endpoint(error);
    const bool isV6 = endpoint.address().is_v6();
    listensAt =
        fmt::format("{}{}{}:{}", isV6 ? "[" : "", endpoint.address().to_string(), isV6 ? "]" : "", endpoint.port());
    for (const auto& loop : loops_) {
      guards_.emplace_back(loop->context.get_executor());
      loop->thread = std::thread([loop] { run(*loop); });
    }
    asio::post(loops_[0]->context, [this] { accept(); });
    return {};
  }

  bool drain(std::chrono::milliseconds grace) {
    if (guards_.empty()) return true;
    std::promise<void> stopped;
    asio::post(loops_[0]->context, [&] {
      stopAccepting();
      // Only now are clients told to close: one that is told connects again at once, and must find nobody listening
      // instead of a queue that is thrown away.
      shared_->draining = true;
      stopped.set_value();
    });
    stopped.get_future().wait();
    for (const auto& loop : loops_)
      asio::post(loop->context, [loop] {
        auto connections = loop->connections;
        for (const auto& connection : connections) connection->drain();
      });
    std::unique_lock lock(shared_->mutex);
    return shared_->closed.wait_for(lock, grace, [this] { return shared_->connections == 0; });
  }

  void stop() {
    if (guards_.empty()) return;
    for (const auto& loop : loops_)
      asio::post(loop->context, [this, loop] {
        if (loop == loops_[0]) closeAcceptor();
        auto connections = loop->connections;
        for (const auto& connection : connections) connection->close();
      });
    guards_.clear();
    for (const auto& loop : loops_) loop->thread.join();
  }

  HttpCounts counts() const {
    return {shared_->connections, shared_->options.bodies->held(),
            shared_->accepted,    shared_->refused,
            shared_->requests,    shared_->badRequests,
            shared_->timedOut};
  }

 private:
  // What a handler of the loop throws, lack of memory for one, does not end the loop.
  static void run(HttpLoop& loop) {
    while (!survive("the HTTP server", [&] { loop.context.run(); })) {
    }
  }

  void accept() {
    if (!acceptor_->is_open()) return;
    acceptor_->async_wait(tcp::acceptor::wait_read, [this](const Error& error) {
      if (error) return;
      bool isFine = false;
      survive("accepting connections", [&] { isFine = acceptAll(); });
      if (isFine) return accept();
      pause_->expires_after(kAcceptPause);
      pause_->async_wait([this](const Error& ended) {
        if (!ended) accept();
      });
    });
  }

  // All that wait at this moment. False: the system has no room for more.
  bool acceptAll() {
    while (true) {
      const std::shared_ptr<HttpLoop>& loop = loops_[turn_];
      HttpConnection::Socket socket(loop->context);
      Error error;
      acceptor_->accept(socket, error);
      if (error == asio::error::would_block || error == asio::error::try_again) return true;
      if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
      if (error) return false;
      turn_ = (turn_ + 1) % loops_.size();
      take(loop, std::move(socket));
    }
  }

  void take(const std::shared_ptr<HttpLoop>& loop, HttpConnection::Socket socket) {
    const size_t open = shared_->connections;
    const bool refused = open >= shared_->options.connections;
    (refused ? shared_->refused : shared_->accepted).fetch_add(1);
    if (open >= shared_->options.connections + kToldRefusals) return;
    auto connection = std::make_shared<HttpConnection>(loop, std::move(socket));
    asio::post(loop->context, [loop, connection, refused] {
      loop->connections.insert(connection);
      refused ? connection->startRefused() : connection->start();
    });
  }

  // Whoever has connected by now is served.
  void stopAccepting() {
    if (!acceptor_->is_open()) return;
    acceptAll();
    closeAcceptor();
  }
  void closeAcceptor() {
    Error ignored;
    acceptor_->close(ignored);
    pause_->cancel();
  }

  const std::shared_ptr<HttpShared> shared_;
  std::vector<std::shared_ptr<HttpLoop>> loops_;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<asio::steady_timer> pause_;
  size_t turn_ = 0;  // whose the next connection is
};

HttpServer::HttpServer(const HttpOptions& options, HttpHandler handler)
    : core_(std::make_unique<Core>(options, std::move(handler))) {}

HttpServer::~HttpServer() { core_->stop(); }

std::string HttpServer::start(const std::string& address) { return core_->start(address, address_); }

bool HttpServer::drain(std::chrono::milliseconds grace) { return core_->drain(grace); }

HttpCounts HttpServer::counts() const { return core_->counts(); }

}  // namespace featc
