// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "support/survive.h"

namespace featc {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr size_t kReadBytes = size_t{64} << 10U;
// How long a connection is kept open behind its last answer, and an idle one when the server ends.
constexpr milliseconds kLinger{1000};
constexpr milliseconds kLastChance{200};

}  // namespace

ConnectionExchange::ConnectionExchange(std::shared_ptr<HttpConnection> connection, HttpRequest request,
                                       size_t bodyBytes)
    : HttpExchange(std::move(request), connection->bodies(), bodyBytes), connection_(std::move(connection)) {}

void ConnectionExchange::send(HttpResponse response) noexcept { connection_->postAnswer(std::move(response)); }

HttpConnection::HttpConnection(std::shared_ptr<HttpLoop> loop, Socket socket)
    : loop_(std::move(loop)), shared_(*loop_->shared), socket_(std::move(socket)), timer_(loop_->context) {
  shared_.connections.fetch_add(1);
}

HttpConnection::~HttpConnection() {
  bodies()->release(bodyBytes_);
  {
    std::lock_guard lock(shared_.mutex);
    shared_.connections.fetch_sub(1);
  }
  shared_.closed.notify_all();
}

// Whatever the loop calls: what it throws, lack of memory for one, ends the connection, so that none stays without
// anything to wait for.
template <class Body>
void HttpConnection::turn(Body&& body) noexcept {
  if (!survive("a connection", body)) close();
}

void HttpConnection::start() {
  Error ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  turn([&] { next(); });
}

void HttpConnection::startRefused() {
  refused_ = true;
  Error ignored;
  socket_.non_blocking(true, ignored);
  turn([&] {
    HttpResponse response = httpError(503,
                                      "too many connections are open: keep connections and use them again, or ask "
                                      "another server");
    response.headers.push_back({"Retry-After", "1"});
    write(std::move(response), false);
  });
}

// ---- Reading --------------------------------------------------------------------------------------

void HttpConnection::waitForBytes() {
  if (waiting_ || ended_ || state_ == State::Closed) return;
  waiting_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const Error& error) {
    self->waiting_ = false;
    if (self->state_ == State::Closed) return;
    if (error) return self->close();
    self->turn([&] { self->onReadable(); });
  });
}

// What may be read at this moment.
size_t HttpConnection::readRoom() const {
  if (state_ == State::Idle || state_ == State::Receiving || state_ == State::Lingering) return kReadBytes;
  const size_t most = shared_.options.pipelinedBytes;
  return buffer_.size() < most ? most - buffer_.size() : 0;
}

// False: the connection is closed, or nothing came.
bool HttpConnection::readSome() {
  const size_t before = buffer_.size();
  const size_t room = std::min(readRoom(), kReadBytes);
  std::array<char, kReadBytes> bytes;  // NOLINT: filled by the system
  Error error;
  const size_t count = socket_.read_some(asio::buffer(bytes.data(), room), error);
  if (error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted)
    return false;
  if (error == asio::error::eof) {
    ended_ = true;
    return true;
  }
  if (error) {
    if (auto exchange = exchange_.lock()) exchange->hangUp();
    close();
    return false;
  }
  if (state_ != State::Lingering) buffer_.append(bytes.data(), count);
  return buffer_.size() > before || state_ == State::Lingering;
}

void HttpConnection::onReadable() {
  const bool got = readSome();
  switch (state_) {
    case State::Idle:
    case State::Receiving:
      if (got && ended_ && buffer_.empty()) return close();
      if (!got) return waitForBytes();
      if (state_ == State::Idle) return next();
      return receive();
    case State::Computing:
      if (ended_)
        if (auto exchange = exchange_.lock()) exchange->hangUp();
      break;
    case State::Writing: break;
    case State::Lingering:
      if (ended_) return close();
      break;
    case State::Closed: return;
  }
  if (readRoom() > 0) waitForBytes();
}

// Begins with the next request, of which some bytes may be there.
void HttpConnection::next() {
  if (buffer_.empty()) {
    if (ended_) return close();
    // An idle connection holds no memory for what has been.
    if (buffer_.capacity() > 1024) buffer_ = {};
    state_ = State::Idle;
    within(shared_.draining ? kLastChance : shared_.options.idleTime);
    return waitForBytes();
  }
  state_ = State::Receiving;
  readsHead_ = true;
  arrived_ = std::chrono::steady_clock::now();
  parser_.emplace(shared_.options.parse);
  within(shared_.options.headerTime);
  receive();
}

void HttpConnection::receive() {
  std::string_view bytes = buffer_;
  HttpRequestParser::State state = HttpRequestParser::State::Head;
  while (true) {
    state = parser_->take(bytes);
    if (state != HttpRequestParser::State::Body || !readsHead_) break;
    readsHead_ = false;
    within(shared_.options.bodyTime);
    if (bytes.empty()) break;
  }
  buffer_.erase(0, buffer_.size() - bytes.size());
  if (state == HttpRequestParser::State::Refused) {
    shared_.badRequests.fetch_add(1);
    return refuse(parser_->refusal());
  }
  if (!takeBodyBytes()) {
    HttpResponse response = httpError(503, kTooManyBytes);
    response.headers.push_back({"Retry-After", "1"});
    return refuse(std::move(response));
  }
  if (state == HttpRequestParser::State::Done) return dispatch();
  if (ended_) return close();
  if (state == HttpRequestParser::State::Body && parser_->expectsContinue() && buffer_.empty() &&
      parser_->request().body.empty() && !sendContinue())
    return close();
  waitForBytes();
}

// Counts what has come of the body; false: there is no room for it.
bool HttpConnection::takeBodyBytes() {
  const size_t held = parser_->request().body.capacity();
  if (held <= bodyBytes_) return true;
  return bodies()->hold(held - std::exchange(bodyBytes_, held));
}

bool HttpConnection::sendContinue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  if (parser_->takeContinue()) {
    Error error;
    return socket_.write_some(asio::buffer(kContinue.data(), kContinue.size()), error) == kContinue.size();
  }
  return true;
}

void HttpConnection::dispatch() {
  state_ = State::Computing;
  timer_.cancel();
  ++timerRound_;
  HttpRequest& request = parser_->request();
  request.arrived = arrived_;
  isHead_ = request.method == "HEAD";
  minorVersion_ = request.minorVersion;
  keepAlive_ = parser_->keepAlive();
  shared_.requests.fetch_add(1);
  auto exchange = std::make_shared<ConnectionExchange>(shared_from_this(), std::move(request), bodyBytes_);
  bodyBytes_ = 0;
  exchange_ = exchange;
  parser_.reset();
  if (ended_) exchange->hangUp();
  if (readRoom() > 0) waitForBytes();
  try {
    shared_.handler(exchange);
  } catch (...) {
    exchange->answer(httpError(500, currentMessage()));
  }
}

// ---- Writing --------------------------------------------------------------------------------------

void HttpConnection::refuse(HttpResponse response) {
  parser_.reset();
  bodies()->release(std::exchange(bodyBytes_, 0));
  write(std::move(response), false);
}

// Brings an answer to the connection's thread.
struct HttpConnection::Answering {
  using allocator_type = AnswerMemory::Allocator<std::byte>;

  std::shared_ptr<HttpConnection> connection;
  HttpResponse response;

  allocator_type get_allocator() const noexcept { return allocator_type(connection->answerMemory_); }
  void operator()() {
    connection->turn([&] { connection->onAnswer(std::move(response)); });
  }
};

void HttpConnection::postAnswer(HttpResponse response) noexcept {
  asio::post(loop_->context, Answering{shared_from_this(), std::move(response)});
}

void HttpConnection::onAnswer(HttpResponse response) {
  if (state_ != State::Computing) return;
  exchange_.reset();
  limitAnswer(response, shared_.options.answerBytes);
  write(std::move(response), keepAlive_ && !ended_ && !(shared_.draining && buffer_.empty()));
}

void HttpConnection::write(HttpResponse response, bool keepAlive) {
  state_ = State::Writing;
  keepAlive_ = keepAlive;
  response_ = std::move(response);
  head_ = httpHead(response_, keepAlive, minorVersion_);
  within(refused_ ? kLinger : shared_.options.answerTime);
  std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::buffer(response_.body)};
  if (isHead_) parts[1] = {};
  asio::async_write(socket_, parts, [self = shared_from_this()](const Error& error, size_t) {
    if (self->state_ != State::Writing) return;
    if (error) return self->close();
    self->turn([&] { self->onWritten(); });
  });
}

void HttpConnection::onWritten() {
  head_ = {};
  response_ = {};
  isHead_ = false;
  if (!keepAlive_) return linger();
  next();
}

// Closing while bytes of the client are unread would take the answer away from it.
void HttpConnection::linger() {
  Error error;
  socket_.shutdown(Socket::shutdown_send, error);
  buffer_ = {};
  if (ended_ || error) return close();
  state_ = State::Lingering;
  within(kLinger);
  waitForBytes();
}

// ---- Time and the end -----------------------------------------------------------------------------

void HttpConnection::within(milliseconds time) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this(), round = ++timerRound_](const Error& error) {
    if (!error && round == self->timerRound_) self->turn([&] { self->onTimeout(); });
  });
}

void HttpConnection::onTimeout() {
  if (state_ == State::Receiving || state_ == State::Writing) shared_.timedOut.fetch_add(1);
  if (state_ == State::Receiving)
    return refuse(httpError(408, readsHead_ ? "the headers did not come in time: send a request in one go"
                                            : "the body did not come in time: send a request in one go"));
  if (state_ == State::Writing) {
    // What the system still holds for a client that does not read goes too.
    Error ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  close();
}

void HttpConnection::drain() {
  if (state_ == State::Idle) turn([&] { within(kLastChance); });
}

void HttpConnection::close() {
  if (state_ == State::Closed) return;
  state_ = State::Closed;
  if (auto exchange = exchange_.lock()) exchange->hangUp();
  ++timerRound_;
  timer_.cancel();
  Error ignored;
  socket_.close(ignored);
  buffer_ = {};
  parser_.reset();
  loop_->connections.erase(shared_from_this());
}

}  // namespace featc
