// SPDX-License-Identifier: Apache-2.0
// A connection's life: looking its address up, connecting, greeting, and what happens when it is lost.
#include "stores/redis_connection.h"

#include <arpa/inet.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/util.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "stores/redis_cluster.h"
#include "stores/redis_commands.h"
#include "stores/redis_reply.h"
#include "stores/timeval.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

// Waits between tries to connect double from the first to the last, times a random share: all of a server's
// connections together must not hammer a store that starts, and reads must work within a second once it has.
constexpr microseconds kFirstWait{10'000};
constexpr microseconds kLongestWait{200'000};
constexpr uint32_t kMaxDoublings = 8;
// A connection that lasts no longer counts as a failure.
constexpr microseconds kBriefly{100'000};
// A connection that owes answers and brings none for so long is given up.
constexpr microseconds kLeastPatience{500'000};
constexpr microseconds kProgressChecks{100'000};

RedisConnection& self(void* connection) { return *static_cast<RedisConnection*>(connection); }

}  // namespace

RedisConnection::RedisConnection(RedisLoop& loop, event_base* base, RedisAddress address)
    : loop_(loop), base_(base), address_(std::move(address)) {
  event_assign(&connectTimer_, base, -1, EV_TIMEOUT, &connectTimedOut, this);
  event_assign(&retryTimer_, base, -1, EV_TIMEOUT, &retry, this);
  event_assign(&progressTimer_, base, -1, EV_TIMEOUT, &checkProgress, this);
  ++loop_.shared().usable;
}

RedisConnection::~RedisConnection() { setUsable(false); }

RedisConnection* RedisConnection::leastLoaded(std::span<const std::unique_ptr<RedisConnection>> connections) {
  RedisConnection* best = nullptr;
  for (const auto& connection : connections)
    if (connection->usable() && (best == nullptr || connection->load() < best->load())) best = connection.get();
  return best;
}

void RedisConnection::setUsable(bool usable) {
  if (usable_ == usable) return;
  usable_ = usable;
  usable ? ++loop_.shared().usable : --loop_.shared().usable;
  loop_.shared().settled();
}

void RedisConnection::startTimer(event& timer, microseconds after) {
  timeval time = timevalOf(after);
  event_add(&timer, &time);
}

// -- Connecting -----------------------------------------------------------------------------------------

void RedisConnection::connect() {
  state_ = State::Connecting;
  startTimer(connectTimer_, loop_.shared().options.connectTimeout);
  const char* host = address_.host.c_str();
  unsigned char address[sizeof(in6_addr)];
  bool isAddress = inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
  if (!loop_.shared().url.path.empty() || isAddress)
    open(host);
  else
    resolve();
}

void RedisConnection::connectSoon() { startTimer(retryTimer_, microseconds(0)); }

void RedisConnection::resolve() {
  if (loop_.names() == nullptr) return lost("the system has no name servers");
  evutil_addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = AF_UNSPEC;
  ++lookUps_;
  // May answer before it returns, and is null then.
  resolving_ = evdns_getaddrinfo(loop_.names(), address_.host.c_str(), nullptr, &hints, &resolved, this);
}

void RedisConnection::resolved(int error, evutil_addrinfo* addresses, void* connection) {
  --self(connection).lookUps_;
  guarded(connection, [&](RedisConnection& c) { c.onResolved(error, addresses); });
  if (addresses != nullptr) evutil_freeaddrinfo(addresses);
}

void RedisConnection::onResolved(int error, evutil_addrinfo* addresses) {
  // After a timeout, or while closing, the answer comes for nobody.
  if (error == EVUTIL_EAI_CANCEL) return;
  resolving_ = nullptr;
  if (state_ != State::Connecting || context_ != nullptr) return;
  if (error != 0 || addresses == nullptr)
    return lost(fmt::format("the name cannot be looked up: {}", evutil_gai_strerror(error)));
  // Every try takes another of the name's addresses.
  size_t count = 0;
  for (evutil_addrinfo* a = addresses; a != nullptr; a = a->ai_next) ++count;
  evutil_addrinfo* chosen = addresses;
  for (size_t i = (preferred_ + failures_) % count; i > 0; --i) chosen = chosen->ai_next;
  addresses_ = count;
  char text[INET6_ADDRSTRLEN] = "";
  const void* bytes = chosen->ai_family == AF_INET6
                          ? static_cast<const void*>(&reinterpret_cast<sockaddr_in6*>(chosen->ai_addr)->sin6_addr)
                          : &reinterpret_cast<sockaddr_in*>(chosen->ai_addr)->sin_addr;
  inet_ntop(chosen->ai_family, bytes, text, sizeof text);
  open(text);
}

void RedisConnection::open(const char* address) {
  const std::string& path = loop_.shared().url.path;
  redisAsyncContext* context =
      path.empty() ? redisAsyncConnect(address, address_.port) : redisAsyncConnectUnix(path.c_str());
  if (context == nullptr || context->err != 0) {
    std::string why = context == nullptr ? "out of memory" : context->errstr;
    if (context != nullptr) redisAsyncFree(context);
    return lost(why);
  }
  context_ = context;
  attach();
  greet();
}

void RedisConnection::attach() {
  useReplyParts(*context_->c.reader, *this);
  event_assign(&readEvent_, base_, context_->c.fd, EV_READ | EV_PERSIST, &readable, this);
  event_assign(&writeEvent_, base_, context_->c.fd, EV_WRITE, &writable, this);
  context_->ev.data = this;
  context_->ev.addRead = &addRead;
  context_->ev.delRead = &removeRead;
  context_->ev.addWrite = &addWrite;
  context_->ev.delWrite = &removeWrite;
  context_->ev.cleanup = &cleanUp;
  // hiredis finds out on a writable socket that it is connected.
  event_add(&writeEvent_, nullptr);
}

void RedisConnection::greet() {
  state_ = State::Greeting;
  greetings_ = 0;
  incoming_ = {};
  const StoreUrl& url = loop_.shared().url;
  const std::string& password = loop_.shared().password;
  greetingIsAuth_ = !password.empty();
  if (!password.empty() && url.user.empty()) command({"AUTH", password});
  if (!password.empty() && !url.user.empty()) command({"AUTH", url.user, password});
  if (url.database != 0) command({"SELECT", std::to_string(url.database)});
  // Else a replica sends everybody to its master; others take no notice. One that has just started serves no rows at
  // all, and says so only here.
  if (loop_.cluster() != nullptr && loop_.shared().options.readReplicas) {
    command({"READONLY"});
    command({"ROLE"});
  }
  command({"PING"});
}

void RedisConnection::command(std::initializer_list<std::string_view> words) {
  ++greetings_;
  send(words);
}

bool RedisConnection::send(std::initializer_list<std::string_view> words) {
  std::string text;
  appendCommand(text, words);
  return redisAsyncFormattedCommand(context_, &replied, this, text.data(), text.size()) == REDIS_OK;
}

void RedisConnection::onGreeting() {
  --greetings_;
  bool isAuth = std::exchange(greetingIsAuth_, false);
  if (!incoming_.error.empty()) {
    // What a server says about a password is not repeated.
    because(isAuth ? "the user or the password was refused" : std::string_view(incoming_.error));
    redisAsyncFree(context_);
  } else if (greetings_ == 0) {
    ready();
  }
}

void RedisConnection::ready() {
  state_ = State::Ready;
  readySince_ = Clock::now();
  preferred_ += failures_;
  failures_ = 0;
  ++loop_.shared().made;
  event_del(&connectTimer_);
  setUsable(true);
  loop_.shared().settled();
  if (loop_.cluster() != nullptr) loop_.cluster()->onReady(*this);
}

void RedisConnection::connectTimedOut(evutil_socket_t, short, void* connection) {
  self(connection).because("no connection in time");
  self(connection).abandon();
}

// Gives up whatever there is of a connection.
void RedisConnection::abandon() noexcept {
  if (resolving_ != nullptr) evdns_getaddrinfo_cancel(std::exchange(resolving_, nullptr));
  if (context_ != nullptr)
    redisAsyncFree(context_);  // comes to cleanUp
  else
    lost(std::exchange(why_, {}));
}

// In the middle of anything.
void RedisConnection::breakOff() noexcept {
  if (context_ == nullptr && (state_ == State::Waiting || state_ == State::Closed)) return;
  because("out of memory");
  abandon();
}

void RedisConnection::because(std::string_view why) noexcept {
  try {
    why_ = why;
  } catch (...) {
    why_.clear();
  }
}

void RedisConnection::retry(evutil_socket_t, short, void* connection) {
  guarded(connection, [](RedisConnection& c) { c.connect(); });
}

// -- Losing it ------------------------------------------------------------------------------------------

// hiredis frees the context, whatever the reason.
void RedisConnection::cleanUp(void* connection) {
  RedisConnection& c = self(connection);
  event_del(&c.readEvent_);
  event_del(&c.writeEvent_);
  std::string said = std::exchange(c.why_, {});
  std::string_view why = said;
  // The context is freed behind this.
  if (why.empty() && c.context_ != nullptr) why = c.context_->c.errstr;
  c.context_ = nullptr;
  c.lost(why.empty() ? "the connection was lost" : why);
}

void RedisConnection::lost(std::string_view why) noexcept {
  event_del(&connectTimer_);
  bool wasReady = state_ == State::Ready;
  bool again = std::exchange(sendAgain_, false);
  const bool isClosed = state_ == State::Closed;
  if (!isClosed) ++(wasReady ? loop_.shared().lost : loop_.shared().refused);
  // Closing one that owes nothing, say to a node that left the cluster, is no failure.
  if (isClosed ? load() > 0 : !again) failed(why);
  survive("the reason of a lost connection", [&] { problem_ = why; });
  greetings_ = 0;
  incoming_ = {};
  inFlightKeys_ = 0;
  map_ = nullptr;
  ++losses_;
  for (; !inFlight_.empty(); inFlight_.pop_front()) giveBack(inFlight_.front(), again);
  if (!wasReady) ++failures_;
  bool triedAll = failures_ >= addresses_;
  if (isClosed || (!wasReady && triedAll)) {
    // Nobody waits for a store that does not come back at once.
    setUsable(false);
    for (; !queue_.empty(); queue_.pop_front()) giveUp(std::move(queue_.front()));
  }
  if (loop_.cluster() != nullptr) loop_.cluster()->onLost(*this);
  if (isClosed) return;
  // At once, unless the server lets nobody in, or throws everybody out.
  bool isBrief = wasReady && !again && Clock::now() - readySince_ < kBriefly;
  retryAfter(isBrief ? 1 : (wasReady || !triedAll ? 0 : failures_));
}

// A command that was in flight.
void RedisConnection::giveBack(Command& command, bool again) noexcept {
  if (command.fetch == nullptr || command.fetch->finished()) return;
  RedisFetch& fetch = *command.fetch;
  if (std::exchange(fetch.lastLoss, losses_) != losses_) ++fetch.losses;
  RedisShare share{command.fetch, command.keys.first, command.keys.first + command.keys.count, {},
                   command.hops,  command.isAsking};
  bool isSent = again && fetch.losses <= kMaxLosses &&
                survive("sending a command to Redis again", [&] { queue_.push_back(share); });
  if (!isSent) giveUp(std::move(share));
}

// Nobody else has a single server's keys. Of a cluster only these are lost.
void RedisConnection::giveUp(RedisShare share) noexcept {
  if (loop_.cluster() != nullptr)
    loop_.cluster()->giveUp(*this, std::move(share));
  else
    loop_.finish(share.fetch, KeyStatus::Failed);
}

void RedisConnection::failed(std::string_view why) noexcept {
  bool isNamed = loop_.cluster() != nullptr && survive("the name of a node", [&] {
                   loop_.shared().failed(fmt::format("{}: {}", address_.text(), why));
                 });
  if (!isNamed) loop_.shared().failed(why);
}

void RedisConnection::retryAfter(uint32_t failures) {
  state_ = State::Waiting;
  microseconds wait{0};
  if (failures > 0) {
    wait = std::min(kLongestWait, kFirstWait * (1U << std::min(failures - 1, kMaxDoublings)));
    wait = wait / 2 + microseconds(std::uniform_int_distribution<int64_t>(0, wait.count() / 2)(loop_.random()));
  }
  startTimer(retryTimer_, wait);
}

void RedisConnection::close(std::string_view why) {
  state_ = State::Closed;
  event_del(&connectTimer_);
  event_del(&retryTimer_);
  event_del(&progressTimer_);
  because(why);
  abandon();
}

// -- Events ---------------------------------------------------------------------------------------------

void RedisConnection::addRead(void* connection) { event_add(&self(connection).readEvent_, nullptr); }
void RedisConnection::removeRead(void* connection) { event_del(&self(connection).readEvent_); }
void RedisConnection::addWrite(void* connection) { event_add(&self(connection).writeEvent_, nullptr); }
void RedisConnection::removeWrite(void* connection) { event_del(&self(connection).writeEvent_); }

void RedisConnection::writable(evutil_socket_t, short, void* connection) {
  RedisConnection& c = self(connection);
  redisAsyncHandleWrite(c.context_);
}

void RedisConnection::readable(evutil_socket_t, short, void* connection) {
  guarded(connection, [](RedisConnection& c) {
    c.lastProgress_ = Clock::now();
    // May lose the connection, which leaves no context.
    redisAsyncHandleRead(c.context_);
    if (c.context_ == nullptr) return;
    if (c.largeValueIsComing()) return c.dropLargeValue();
    c.pump();
  });
}

void RedisConnection::watchProgress() {
  lastProgress_ = Clock::now();
  if (watching_) return;
  watching_ = true;
  startTimer(progressTimer_, kProgressChecks);
}

void RedisConnection::checkProgress(evutil_socket_t, short, void* connection) {
  RedisConnection& c = self(connection);
  c.watching_ = false;
  if (c.inFlight_.empty()) return;
  microseconds patience = std::max(kLeastPatience, c.loop_.shared().options.redisTimeout());
  if (Clock::now() - c.lastProgress_ > patience) {
    c.because("no answer for a while");
    return c.abandon();
  }
  c.watching_ = true;
  c.startTimer(c.progressTimer_, kProgressChecks);
}

}  // namespace featc
