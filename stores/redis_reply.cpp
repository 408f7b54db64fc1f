// SPDX-License-Identifier: Apache-2.0
// From hiredis' reader to the fetches: the parts of replies, and values that are too large to be read.
#include <algorithm>
#include <charconv>

#include "stores/redis_cluster.h"
#include "stores/redis_connection.h"

namespace featc {
namespace {

// MOVED with the longest host fits.
constexpr size_t kShownErrorBytes = 300;
// What a map has no longer texts than.
constexpr size_t kLongestOfMap = 65536;

}  // namespace

// -- The parts ------------------------------------------------------------------------------------------

void RedisConnection::onArray(const redisReadTask& task, size_t elements) {
  if (RedisSlotMapReader* map = comingMap()) return map->onArray(task, elements);
  if (task.parent != nullptr) return onStrangeElement(task);
  incoming_.isArray = true;
  incoming_.elements = elements;
}

void RedisConnection::onText(const redisReadTask& task, std::string_view text) {
  if (RedisSlotMapReader* map = comingMap()) return map->onText(task, text);
  bool isError = task.type == REDIS_REPLY_ERROR;
  if (task.parent != nullptr && greetings_ > 0) return onRole(task, text);
  if (task.parent != nullptr)
    return task.type == REDIS_REPLY_STRING ? onElement(task, text, true) : onStrangeElement(task);
  if (isError)
    incoming_.error = text.empty() ? "an error without a message" : text.substr(0, kShownErrorBytes);
  else
    incoming_.isUnexpected = true;
}

void RedisConnection::onNil(const redisReadTask& task) {
  if (RedisSlotMapReader* map = comingMap()) return map->onNil(task);
  if (task.parent != nullptr)
    onElement(task, {}, false);
  else
    incoming_.isUnexpected = true;
}

void RedisConnection::onInteger(const redisReadTask& task, long long number) {
  if (RedisSlotMapReader* map = comingMap()) return map->onInteger(task, number);
  if (task.parent != nullptr) return onStrangeElement(task);
  incoming_.isUnexpected = true;
}

// ["slave", host, port, "connected", offset]; of a master ["master", ...]
void RedisConnection::onRole(const redisReadTask& task, std::string_view text) {
  if (task.parent->parent != nullptr) return;
  if (task.idx == 0) incoming_.isOfReplica = text == "slave";
  if (task.idx == 3 && incoming_.isOfReplica && text != "connected")
    incoming_.error = "the replica does not have its master's rows yet";
}

// Of nothing that is asked is an error, a number or an array a part.
void RedisConnection::onStrangeElement(const redisReadTask& task) {
  incoming_.isUnexpected = true;
  onElement(task, {}, false);
}

void RedisConnection::onElement(const redisReadTask& task, std::string_view text, bool present) {
  if (task.parent->parent != nullptr || inFlight_.empty()) return;
  const Command& command = inFlight_.front();
  size_t index = incoming_.seen++;
  if (command.fetch == nullptr || command.fetch->finished()) return;
  bool fits = true;
  if (!command.fetch->json()) {
    fits = command.fetch->value(command.keys.first, index, text, present, incoming_.rowBytes);
  } else if (index < command.keys.count) {
    uint32_t key = command.keys.first + static_cast<uint32_t>(index);
    fits = command.fetch->value(key, 0, text, present, incoming_.rowBytes);
    command.fetch->complete(key);
  }
  if (!fits) failed(kTooLarge);
}

void RedisConnection::replied(redisAsyncContext*, void* reply, void* connection) {
  if (reply == nullptr) return;  // the connection is closing: cleanUp has them all
  guarded(connection, [](RedisConnection& c) {
    if (c.greetings_ > 0)
      c.onGreeting();
    else if (!c.inFlight_.empty())
      c.onReply();
    c.incoming_ = {};
  });
}

void RedisConnection::onReply() {
  Command command = std::move(inFlight_.front());
  inFlight_.pop_front();
  inFlightKeys_ -= command.keys.count;
  if (command.isForMap) return onMap();
  // An error of ASKING shows itself in the reply that follows.
  if (command.fetch == nullptr || command.fetch->finished()) return;
  RedisFetch& fetch = *command.fetch;
  bool fits = incoming_.isArray && !incoming_.isUnexpected && incoming_.seen == incoming_.elements &&
              incoming_.elements == (fetch.json() ? command.keys.count : fetch.width());
  // Another kind of value lies under the key: that is the data's fault, not the store's.
  bool wrongType = incoming_.error.starts_with("WRONGTYPE");
  if (RedisCluster* cluster = loop_.cluster(); cluster != nullptr && !incoming_.error.empty() && !wrongType) {
    RedisShare share{command.fetch, command.keys.first, command.keys.first + command.keys.count, {}, command.hops};
    if (cluster->takesOver(*this, share, incoming_.error)) return;
  }
  if (!fits && !wrongType) failed(incoming_.error.empty() ? "an unexpected reply" : incoming_.error);
  for (uint32_t key = command.keys.first; key < command.keys.first + command.keys.count; ++key) {
    if (wrongType)
      fetch.unreadable(key);
    else if (!fits)
      fetch.failed(key);
    else
      fetch.complete(key);
  }
  if (fetch.isComplete()) loop_.finish(command.fetch, KeyStatus::Failed);
}

void RedisConnection::onMap() {
  std::unique_ptr<RedisSlotMapReader> map = std::move(map_);
  loop_.cluster()->onMap(*this, *map);
}

// -- Sending --------------------------------------------------------------------------------------------

bool RedisConnection::askForMap() {
  if (state_ != State::Ready || map_ != nullptr) return false;
  map_ = std::make_unique<RedisSlotMapReader>(address_.host);
  if (inFlight_.empty()) watchProgress();
  inFlight_.push_back({.isForMap = true});
  if (send({"CLUSTER", "SLOTS"})) return true;
  inFlight_.pop_back();
  map_ = nullptr;
  return false;
}

void RedisConnection::pump() {
  if (state_ != State::Ready) return;
  bool sent = false;
  while (!queue_.empty() && inFlightKeys_ < kWindowKeys) {
    RedisShare share = std::move(queue_.front());
    queue_.pop_front();
    std::shared_ptr<RedisFetch> fetch = share.fetch;
    try {
      sent = sendTurn(share) || sent;
      if (share.hasMore() && !fetch->finished()) queue_.push_back(std::move(share));
    } catch (...) {
      loop_.finish(fetch, KeyStatus::Failed);
      throw;  // a reply may come that nobody waits for: the connection ends
    }
  }
  // At once instead of when the loop next finds the socket writable. May lose the connection.
  if (sent) redisAsyncHandleWrite(context_);
}

// Fetches take turns, so that a large one does not hold small ones up. Whether anything was sent.
bool RedisConnection::sendTurn(RedisShare& share) {
  const std::shared_ptr<RedisFetch>& fetch = share.fetch;
  bool sent = false;
  for (size_t turn = 0; turn < kTurnKeys && share.hasMore() && !fetch->finished();) {
    text_.clear();
    Command command{fetch, share.take(), share.hops, share.isAsking};
    fetch->appendCommand(command.keys, text_);
    if (share.isAsking && send({"ASKING"})) {
      if (inFlight_.empty()) watchProgress();
      inFlight_.push_back({.isAsking = true});
    }
    if (redisAsyncFormattedCommand(context_, &replied, this, text_.data(), text_.size()) != REDIS_OK) {
      for (uint32_t key = 0; key < command.keys.count; ++key) fetch->failed(command.keys.first + key);
      if (fetch->isComplete()) loop_.finish(fetch, KeyStatus::Failed);
      break;
    }
    if (inFlight_.empty()) watchProgress();
    turn += command.keys.count;
    inFlightKeys_ += command.keys.count;
    inFlight_.push_back(std::move(command));
    sent = true;
  }
  return sent;
}

// -- Large values ---------------------------------------------------------------------------------------

// hiredis keeps a value's bytes until the last has come: one that is larger than allowed is told by its
// length, which stands before it.
bool RedisConnection::largeValueIsComing() const {
  const redisReader& reader = *context_->c.reader;
  std::string_view rest(reader.buf + reader.pos, reader.len - reader.pos);
  if (rest.starts_with('$')) rest.remove_prefix(1);
  // Of all parts only a value waits for more than its first line.
  size_t lineEnd = rest.find("\r\n");
  if (lineEnd == std::string_view::npos) return false;
  uint64_t size = 0;
  auto [end, error] = std::from_chars(rest.data(), rest.data() + lineEnd, size);
  return error == std::errc::result_out_of_range ||
         (error == std::errc() && end == rest.data() + lineEnd &&
          size > (isMapNext() ? kLongestOfMap : loop_.shared().options.maxValueBytes));
}

// Its key has failed. The rest of the value would delay all that is behind it by far more than a new connection
// does, so everything else is asked again there.
void RedisConnection::dropLargeValue() {
  failed(kTooLarge);
  if (!inFlight_.empty() && inFlight_.front().fetch != nullptr) {
    Command& command = inFlight_.front();
    uint32_t skip =
        command.fetch->json() ? static_cast<uint32_t>(std::min<size_t>(incoming_.seen, command.keys.count - 1)) : 0;
    if (!command.fetch->finished()) command.fetch->failed(command.keys.first + skip);
    // What came before it is there.
    command.keys.first += skip + 1;
    command.keys.count -= skip + 1;
    std::shared_ptr<RedisFetch> fetch = command.fetch;
    if (command.keys.count == 0) {
      inFlight_.pop_front();
      if (!fetch->finished() && fetch->isComplete()) loop_.finish(fetch, KeyStatus::Failed);
    }
  }
  sendAgain_ = true;
  because(kTooLarge);
  abandon();
}

}  // namespace featc
