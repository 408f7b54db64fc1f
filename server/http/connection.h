// SPDX-License-Identifier: Apache-2.0
// One connection of the HTTP server: reads a request, hands it out, writes its answer, and so on. All of it runs on
// the thread of the connection's loop.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

#include "server/http/http_server.h"
#include "server/http/request_parser.h"

namespace featc {

class HttpConnection;

// What all connections of a server share.
struct HttpShared {
  HttpShared(const HttpOptions& options, HttpHandler handler) : options(options), handler(std::move(handler)) {}

  const HttpOptions options;
  const HttpHandler handler;
  std::atomic<bool> draining = false;
  std::atomic<size_t> connections = 0;
  std::atomic<uint64_t> accepted = 0;
  std::atomic<uint64_t> refused = 0;
  std::atomic<uint64_t> requests = 0;
  std::atomic<uint64_t> badRequests = 0;
  std::atomic<uint64_t> timedOut = 0;
  std::mutex mutex;
  std::condition_variable closed;  // `connections` became less
};

// A thread that waits for sockets.
struct HttpLoop {
  explicit HttpLoop(std::shared_ptr<HttpShared> shared) : shared(std::move(shared)) {}

  const std::shared_ptr<HttpShared> shared;
  boost::asio::io_context context{1};
  std::unordered_set<std::shared_ptr<HttpConnection>> connections;  // used on the loop's thread only
  std::thread thread;
};

// Memory for the one answer that can be on its way to a connection's thread, so that a lack of memory loses none.
class AnswerMemory {
 public:
  template <class T>
  class Allocator {
   public:
    using value_type = T;
    explicit Allocator(AnswerMemory& memory) : memory_(&memory) {}
    template <class U>
    Allocator(const Allocator<U>& other) : memory_(other.memory_) {}  // NOLINT: as allocators convert
    T* allocate(size_t count) {
      static_assert(sizeof(T) <= kBytes && alignof(T) <= alignof(std::max_align_t));
      return count == 1 ? reinterpret_cast<T*>(memory_->bytes_.data()) : throw std::bad_alloc();
    }
    void deallocate(T* /*memory*/, size_t /*count*/) {}
    template <class U>
    bool operator==(const Allocator<U>& other) const {
      return memory_ == other.memory_;
    }

   private:
    template <class U>
    friend class Allocator;
    AnswerMemory* memory_;
  };

 private:
  static constexpr size_t kBytes = 256;
  alignas(std::max_align_t) std::array<std::byte, kBytes> bytes_;
};

// A request of a connection.
class ConnectionExchange final : public HttpExchange {
 public:
  ConnectionExchange(std::shared_ptr<HttpConnection> connection, HttpRequest request, size_t bodyBytes);
  ~ConnectionExchange() override { answerIfNone(); }
  ConnectionExchange(const ConnectionExchange&) = delete;
  ConnectionExchange& operator=(const ConnectionExchange&) = delete;

 private:
  void send(HttpResponse response) noexcept override;

  const std::shared_ptr<HttpConnection> connection_;
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  HttpConnection(std::shared_ptr<HttpLoop> loop, Socket socket);
  ~HttpConnection();

  void start();
  // Instead of start(): there are too many connections.
  void startRefused();
  // There will be no more requests after the one under way, or the one that comes soon.
  void drain();
  void close();

  // From any thread.
  void postAnswer(HttpResponse response) noexcept;
  const std::shared_ptr<BodyBudget>& bodies() const { return shared_.options.bodies; }

 private:
  using Error = boost::system::error_code;
  enum class State {
    Idle,       // nothing of the next request has come
    Receiving,  // a part of it has
    Computing,  // the handler has it
    Writing,    // the answer is being sent
    Lingering,  // the last answer has been sent; whatever comes is thrown away, so that the client can read it
    Closed,
  };

  struct Answering;

  template <class Body>
  void turn(Body&& body) noexcept;
  void waitForBytes();
  void onReadable();
  bool readSome();
  void next();
  void receive();
  bool takeBodyBytes();
  bool sendContinue();
  void dispatch();
  void refuse(HttpResponse response);
  void onAnswer(HttpResponse response);
  void write(HttpResponse response, bool keepAlive);
  void onWritten();
  void linger();
  void within(std::chrono::milliseconds time);
  void onTimeout();
  size_t readRoom() const;

  const std::shared_ptr<HttpLoop> loop_;
  HttpShared& shared_;
  Socket socket_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      timer_;
  State state_ = State::Idle;
  bool waiting_ = false;    // for the socket to be readable
  bool ended_ = false;      // the client sends nothing more
  bool keepAlive_ = false;  // after the answer under way
  bool refused_ = false;    // there are too many connections
  uint64_t timerRound_ = 0;
  std::string buffer_;    // what has come and is not taken yet
  size_t bodyBytes_ = 0;  // that the server has counted for the request being received
  std::optional<HttpRequestParser> parser_;
  std::chrono::steady_clock::time_point arrived_;
  bool readsHead_ = true;
  std::weak_ptr<HttpExchange> exchange_;
  bool isHead_ = false;  // the request under way is HEAD: no body in the answer
  int minorVersion_ = 1;
  std::string head_;
  HttpResponse response_;
  AnswerMemory answerMemory_;
};

}  // namespace featc
