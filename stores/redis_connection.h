// SPDX-License-Identifier: Apache-2.0
// One connection to Redis on an event loop: connects and connects again, sends commands, hands replies on.
#pragma once

#include <event2/event_struct.h>
#include <hiredis/async.h>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "stores/redis_fetch.h"
#include "stores/redis_loop.h"
#include "support/survive.h"

struct evdns_getaddrinfo_request;
struct evutil_addrinfo;

namespace featc {

// Everything happens on the loop's thread.
//
//   Connecting -> Greeting -> Ready          AUTH, SELECT and PING are the greeting
//        ^                      | the connection is lost: what is in flight fails, or is sent again where it
//        |                      v was given up because of one key's large value
//        +------------------- Waiting        with back-off; the first try after Ready comes at once
class RedisConnection {
 public:
  RedisConnection(RedisLoop& loop, event_base* base);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  void connect();
  // Fails everything and stays closed.
  void close();
  // Whether a fetch may hope for an answer: not while tries to connect have failed.
  bool usable() const { return usable_; }
  size_t load() const { return inFlightKeys_ + queue_.size(); }
  void add(std::shared_ptr<RedisFetch> fetch) { queue_.push_back(std::move(fetch)); }
  // Sends as much as may be in flight.
  void pump();
  // Does `body(connection)` in an event of libevent or hiredis, through which nothing may be thrown: for lack of memory
  // the connection is given up.
  template <class Body>
  static void guarded(void* connection, Body&& body) noexcept {
    auto& self = *static_cast<RedisConnection*>(connection);
    if (!survive("an event of Redis", [&] { body(self); })) self.breakOff();
  }

  // -- Called by hiredis' reader: the parts of a reply ----------------------------------------------------
  bool expectsReply() const { return greetings_ + inFlight_.size() > 0; }
  void onArray(const redisReadTask& task, size_t elements);
  void onText(const redisReadTask& task, std::string_view text);
  void onNil(const redisReadTask& task);
  void onInteger(const redisReadTask& task);
  redisReply* replyObject() { return &reply_; }

 private:
  static constexpr const char* kTooLarge =
      "a value is larger than max_value_bytes, or all of a read together than max_fetch_bytes";
  // How many keys may wait for an answer at a time, and how many a fetch sends before it is the next one's turn.
  static constexpr size_t kWindowKeys = 2048;
  static constexpr size_t kTurnKeys = 256;
  // A fetch that was cut off by large values so often fails.
  static constexpr uint32_t kMaxLosses = 16;

  enum class State : uint8_t { Connecting, Greeting, Ready, Waiting, Closed };
  struct Command {
    std::shared_ptr<RedisFetch> fetch;
    RedisFetch::Keys keys;
  };
  // The reply that is coming.
  struct Incoming {
    size_t elements = 0;
    size_t seen = 0;
    bool isArray = false;
    bool isUnexpected = false;
    std::string error;
  };

  void resolve();
  void onResolved(int error, evutil_addrinfo* addresses);
  void open(const char* address);
  void attach();
  void greet();
  void onGreeting();
  void ready();
  void onReply();
  void onStrangeElement(const redisReadTask& task);
  void onElement(const redisReadTask& task, std::string_view text, bool present);
  bool largeValueIsComing() const;
  void dropLargeValue();
  bool sendTurn(const std::shared_ptr<RedisFetch>& fetch);
  void because(std::string_view why) noexcept;
  void lost(std::string_view why) noexcept;
  void giveBack(Command& command, bool again) noexcept;
  void abandon() noexcept;
  void breakOff() noexcept;
  void retryAfter(uint32_t failures);
  void setUsable(bool usable);
  void command(std::initializer_list<std::string_view> words);
  void startTimer(event& timer, std::chrono::microseconds after);
  void watchProgress();

  static void replied(redisAsyncContext* context, void* reply, void* connection);
  static void addRead(void* connection);
  static void removeRead(void* connection);
  static void addWrite(void* connection);
  static void removeWrite(void* connection);
  static void cleanUp(void* connection);
  static void readable(evutil_socket_t, short, void* connection);
  static void writable(evutil_socket_t, short, void* connection);
  static void connectTimedOut(evutil_socket_t, short, void* connection);
  static void retry(evutil_socket_t, short, void* connection);
  static void checkProgress(evutil_socket_t, short, void* connection);
  static void resolved(int error, evutil_addrinfo* addresses, void* connection);

  RedisLoop& loop_;
  event_base* base_;
  State state_ = State::Waiting;
  redisAsyncContext* context_ = nullptr;
  evdns_getaddrinfo_request* resolving_ = nullptr;
  event readEvent_{};
  event writeEvent_{};
  event connectTimer_{};
  event retryTimer_{};
  event progressTimer_{};
  bool watching_ = false;  // progressTimer_ runs
  std::chrono::steady_clock::time_point lastProgress_;
  bool usable_ = true;
  uint32_t failures_ = 0;  // tries to connect since the connection was last ready
  size_t addresses_ = 1;   // of the host
  size_t preferred_ = 0;   // the one that served last
  std::chrono::steady_clock::time_point readySince_;
  std::string why_;  // it is being closed

  redisReply reply_{};    // what hiredis takes for every reply; the contents are in incoming_
  size_t greetings_ = 0;  // replies still to come
  bool greetingIsAuth_ = false;
  std::deque<Command> inFlight_;
  size_t inFlightKeys_ = 0;
  uint32_t losses_ = 0;     // how often it was lost
  bool sendAgain_ = false;  // what is in flight when the connection is closed
  Incoming incoming_;
  std::deque<std::shared_ptr<RedisFetch>> queue_;  // with commands to send
  std::string text_;
};

}  // namespace featc
