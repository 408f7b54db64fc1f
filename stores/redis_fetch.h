// SPDX-License-Identifier: Apache-2.0
// One fetch on its way through Redis: its commands' text, the values that have come, what is still to come.
#pragma once

#include <event2/event_struct.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/reads/store.h"
#include "stores/worker_pool.h"

namespace featc {

class RedisLoop;

// Belongs to its event loop's thread from submission until it is finished.
class RedisFetch {
 public:
  RedisFetch(const FetchRequest& request, Store::Done done, size_t maxValueBytes, size_t maxFetchBytes);
  RedisFetch(const RedisFetch&) = delete;
  RedisFetch& operator=(const RedisFetch&) = delete;

  // Keys `first` and following, as many as one command asks for.
  struct Keys {
    uint32_t first = 0;
    uint32_t count = 0;
  };

  // -- Sending ----------------------------------------------------------------------------------------
  std::span<const std::string> keys() const { return request_.keys; }
  // The command that asks for `keys` in Redis's protocol, appended to `text`.
  void appendCommand(Keys keys, std::string& text) const;
  uint32_t losses = 0;    // of connections, how many it has lived through ...
  uint32_t lastLoss = 0;  // ... and its connection's number of the last

  // -- Receiving: values may come before a reply is whole -------------------------------------------------
  bool json() const { return json_; }
  size_t width() const { return width_; }  // values a key
  // Value `column` of `key`, null data where there is none; `rowBytes` counts what came of its row. False: it is too
  // large, or all together are.
  bool value(uint32_t key, size_t column, std::string_view text, bool present, size_t& rowBytes);
  // All values of a key have come: it is a row, or absent when none is present.
  void complete(uint32_t key);
  void unreadable(uint32_t key) { answer(key, State::Unreadable); }
  void failed(uint32_t key) { answer(key, State::Failed); }
  // Every key was answered.
  bool isComplete() const { return waiting_ == 0; }

  // -- The end ------------------------------------------------------------------------------------------
  bool finished() const { return finished_; }
  // Nothing more is taken; keys without an answer count as `rest`.
  void finish(KeyStatus rest) noexcept;
  // Parses what came and tells the caller, once.
  void deliver() noexcept;
  // Whether that takes no longer than handing it to another thread would: a few texts, none of them JSON. Else it is
  // none of the event loop's business.
  bool isLight() const { return plain_ && states_.size() * width_ <= kLightTexts && bytes_ <= kLightBytes; }

  std::chrono::steady_clock::time_point deadline() const { return request_.deadline; }
  // Of the deadline; while it is armed, `timed` keeps the fetch for it.
  event timer{};
  std::shared_ptr<RedisFetch> timed;
  RedisLoop* loop = nullptr;
  // For a worker: tells the caller. Made with the fetch, which it keeps until that is finished.
  WorkerPool::Task delivery;

 private:
  static constexpr size_t kLightTexts = 1024;
  static constexpr size_t kLightBytes = size_t{64} << 10U;
  enum class State : uint8_t { Waiting, Absent, Row, Unreadable, Failed };
  void answer(uint32_t key, State state);

  FetchRequest request_;
  Store::Done done_;
  const bool json_;
  const bool plain_;  // nothing of it is JSON
  const size_t width_;
  const size_t maxValueBytes_;
  const size_t maxFetchBytes_;
  std::string head_;  // of a command for one row: what stands before the key ...
  std::string tail_;  // ... and behind it

  std::shared_ptr<Arena> arena_;
  std::vector<State> states_;  // by key
  std::vector<Str> texts_;     // width_ a key
  size_t bytes_ = 0;
  size_t waiting_;
  bool finished_ = false;
  KeyStatus rest_ = KeyStatus::Failed;
};

// What one connection still has to ask for of a fetch: keys from `next` to `end`, or `scattered` ones, which go out one
// by one from the last on.
struct RedisShare {
  std::shared_ptr<RedisFetch> fetch = nullptr;
  uint32_t next = 0;
  uint32_t end = 0;
  std::vector<uint32_t> scattered = {};
  uint8_t hops = 0;       // how often nodes of a cluster have passed its keys on
  bool isAsking = false;  // a node is told that it was named by ASK

  bool hasMore() const { return next < end || !scattered.empty(); }
  RedisFetch::Keys take();
};

}  // namespace featc
