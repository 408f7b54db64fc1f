// SPDX-License-Identifier: Apache-2.0
// One connection to Redis on an event loop: connects and connects again, sends commands, hands replies on.
#pragma once

#include <event2/event_struct.h>
#include <hiredis/async.h>

#include <chrono>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "stores/redis_fetch.h"
#include "stores/redis_loop.h"
#include "stores/redis_slot_map.h"
#include "support/survive.h"

struct evdns_getaddrinfo_request;
struct evutil_addrinfo;

namespace featc {

// Everything happens on the loop's thread.
//
//   Connecting -> Greeting -> Ready          AUTH, SELECT, READONLY, ROLE and PING are the greeting
//        ^                      | the connection is lost: what is in flight fails, or is sent again where it
//        |                      v was given up because of one key's large value
//        +------------------- Waiting        with back-off; the first try after Ready comes at once
class RedisConnection {
 public:
  // To `address`, unless the store's URL names a socket.
  RedisConnection(RedisLoop& loop, event_base* base, RedisAddress address);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  void connect();
  // From the loop: what happens to it happens there.
  void connectSoon();
  // Of those that are usable the one with the least to do; null: none is.
  static RedisConnection* leastLoaded(std::span<const std::unique_ptr<RedisConnection>> connections);
  // Fails everything, for which `why` is the reason, and stays closed.
  void close(std::string_view why = "the store was closed");
  // Whether a fetch may hope for an answer: not while tries to connect have failed.
  bool usable() const { return usable_; }
  bool isReady() const { return state_ == State::Ready; }
  const RedisAddress& address() const { return address_; }
  // Why it was last lost, or could not be made; empty: it never was.
  const std::string& problem() const { return problem_; }
  size_t load() const { return inFlightKeys_ + queue_.size(); }
  void add(RedisShare share) { queue_.push_back(std::move(share)); }
  // Asks for the cluster's map, which goes to the cluster. False: it is not ready, or has been asked already.
  bool askForMap();
  // Closed, and no event will come: it may be destroyed.
  bool isClosed() const { return state_ == State::Closed; }
  bool isOver() const { return isClosed() && context_ == nullptr && lookUps_ == 0; }
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
  void onInteger(const redisReadTask& task, long long number);
  // Null: to nothing.
  redisReply* replyPart() { return expectsReply() ? &reply_ : nullptr; }

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
    std::shared_ptr<RedisFetch> fetch = nullptr;  // null: of ASKING and CLUSTER SLOTS
    RedisFetch::Keys keys = {};
    uint8_t hops = 0;
    bool isAsking = false;
    bool isForMap = false;
  };
  // The reply that is coming.
  struct Incoming {
    size_t elements = 0;
    size_t seen = 0;
    bool isArray = false;
    bool isUnexpected = false;
    bool isOfReplica = false;  // the answer to ROLE
    size_t rowBytes = 0;
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
  void onRole(const redisReadTask& task, std::string_view text);
  void onStrangeElement(const redisReadTask& task);
  void onElement(const redisReadTask& task, std::string_view text, bool present);
  bool largeValueIsComing() const;
  void dropLargeValue();
  bool sendTurn(RedisShare& share);
  bool send(std::initializer_list<std::string_view> words);
  // Where the reply that comes is a map.
  RedisSlotMapReader* comingMap() { return greetings_ == 0 && isMapNext() ? map_.get() : nullptr; }
  bool isMapNext() const { return !inFlight_.empty() && inFlight_.front().isForMap; }
  void onMap();
  // Tells the store why something failed.
  void failed(std::string_view why) noexcept;
  void giveUp(RedisShare share) noexcept;
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
  const RedisAddress address_;
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
  std::string problem_;
  size_t lookUps_ = 0;                       // of its name, that have not called back
  std::unique_ptr<RedisSlotMapReader> map_;  // that was asked for

  redisReply reply_{};    // what hiredis takes for every reply; the contents are in incoming_
  size_t greetings_ = 0;  // replies still to come
  bool greetingIsAuth_ = false;
  std::deque<Command> inFlight_;
  size_t inFlightKeys_ = 0;
  uint32_t losses_ = 0;     // how often it was lost
  bool sendAgain_ = false;  // what is in flight when the connection is closed
  Incoming incoming_;
  std::deque<RedisShare> queue_;  // with commands to send
  std::string text_;
};

}  // namespace featc
