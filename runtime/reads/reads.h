// SPDX-License-Identifier: Apache-2.0
// The reads of one call: keys collected shard by shard, each distinct one fetched once, rows brought back.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/call_options.h"
#include "runtime/reads/key_rows.h"
#include "runtime/reads/key_table.h"
#include "runtime/reads/read_group.h"
#include "runtime/reads/read_inbox.h"
#include "runtime/reads/read_row.h"
#include "runtime/result.h"
#include "runtime/run_observer.h"
#include "runtime/shard.h"

namespace featc {

// Used by one thread at a time and reused from call to call. A fetch that is not answered by the deadline is
// given up: what it needs is shared with the store's answer, so that a late one finds nothing of the call.
class CallReads {
 public:
  CallReads(const std::vector<ReadGroup>& groups, const ProgramLayout& layout);
  CallReads(const CallReads&) = delete;
  CallReads& operator=(const CallReads&) = delete;
  ~CallReads() { end(); }

  // A new call of so many shards. Reads are given up at `deadline`. `counts`, by source, are added to.
  void begin(size_t shards, std::chrono::steady_clock::time_point deadline, RunObserver* observer,
             std::vector<ReadCounts>& counts);
  // The call is over: gives up what is still to come and frees the answers, which nothing may use any more.
  void end();

  // Collects the keys of a shard's rows whose columns phase `phase` has completed ...
  void collect(const Shard& shard, uint32_t phase, const CallFrame& call);
  // ... and sends those that are new. Nothing is sent after the deadline.
  void send(uint32_t phase);

  // Whether every answer is there that the shard needs before phase `phase`.
  bool haveArrived(const Shard& shard, uint32_t phase) const;
  // Writes the columns of fields that the shard needs before phase `phase`, which the caller has made, all
  // missing. Lists of aligned reads go to `arena`.
  void scatter(const Shard& shard, uint32_t phase, CallFrame& call, Arena& arena);

  // What became of the keys that each part of the call asked for, as if it had been alone: `counts` gets a row of
  // sources a part. Part p has the requests from firstRequests[p] on; the last entry is behind the last request.
  // Once all is answered or given up.
  void countParts(std::span<const Shard> shards, const CallFrame& call, std::span<const int64_t> firstRequests,
                  std::vector<std::vector<ReadCounts>>& counts);
  // Gives each part whose `rows` are not null the keys that it asked for, each once for a fetch, with what came back.
  // The last that is done with a call's answers, which are those of the rows from here on.
  void shareParts(std::span<const Shard> shards, const CallFrame& call, std::span<const int64_t> firstRequests,
                  std::span<std::vector<ReadRow>* const> rows);

  // Takes note of the answers that have come; past the deadline of those that have not, too.
  void poll();
  // The same, but waits for something to take note of, at most until `until` and until `cancel`, if there is one, ends
  // the call.
  void wait(std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max(),
            CallCancel* cancel = nullptr);
  // As of the inbox: for callers that do something else instead of waiting.
  bool park(std::shared_ptr<ReadWaker> waker) { return outstanding_ > 0 && inbox_->park(std::move(waker)); }
  bool unpark() { return inbox_ != nullptr && inbox_->unpark(); }

 private:
  enum class FetchState : uint8_t { Collecting, Sent, Answered, GivenUp, NoStore };
  struct Fetch {
    FetchState state = FetchState::Collecting;
    std::shared_ptr<ReadQuestion> question;  // shared with the store's answer
    FetchResult result;
    bool whole = false;                        // the answer has a row a key
    std::shared_ptr<const ReadAnswer> shared;  // what others keep of it
    std::chrono::steady_clock::time_point sentAt;
  };
  // What one shard asked of one group.
  struct ShardKeys {
    std::vector<uint32_t> keyOf;   // member after member, row after row, an entry an element: key numbers
    std::vector<size_t> memberAt;  // where each member begins
    std::vector<uint32_t> needs;   // the fetches that hold its keys
  };
  struct GroupState {
    KeyTable keys;
    std::vector<Fetch> fetches;  // the first `used` belong to this call; the last of them may be Collecting
    uint32_t used = 0;
    std::vector<ShardKeys> shards;
  };

  uint32_t collectingFetch(size_t group);
  void ask(size_t group, uint32_t fetch);
  template <class Visit>
  void forEachKey(size_t group, const Shard& shard, const CallFrame& call, const Visit& visit) const;
  template <class Visit>
  void forEachKeyOfParts(size_t group, std::span<const Shard> shards, const CallFrame& call,
                         std::span<const uint32_t> partOf, size_t parts, const Visit& visit) const;
  void settle(size_t group, Fetch& fetch, std::chrono::steady_clock::time_point at);
  void giveUp();
  KeyStatus statusOf(const Fetch& fetch, uint32_t index) const;
  const std::shared_ptr<const ReadAnswer>& share(Fetch& fetch) const;
  // Adds what became of one of a fetch's keys.
  void countKey(const Fetch& fetch, uint32_t index, ReadCounts& counts) const;
  void resolve(const GroupState& state, const ShardKeys& keys);

  const std::vector<ReadGroup>& groups_;
  const ProgramLayout& layout_;
  std::vector<GroupState> states_;  // by group
  std::shared_ptr<ReadInbox> inbox_;
  size_t outstanding_ = 0;
  bool timed_ = false;  // there is a deadline
  std::chrono::steady_clock::time_point deadline_;
  RunObserver* observer_ = nullptr;
  std::vector<ReadCounts>* counts_ = nullptr;
  std::vector<Arrival> arrivals_;
  std::vector<KeyPlace> places_;      // by element of the shard that is scattered
  std::vector<FieldReader> readers_;  // by fetch, of the field that is scattered
};

}  // namespace featc
