// SPDX-License-Identifier: Apache-2.0
// The reads of one call: keys collected shard by shard, each distinct one fetched once, rows brought back.
#include "runtime/reads/reads.h"
#include "runtime/reads/call_cancel.h"

#include <algorithm>
#include <utility>

namespace featc {

namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t kNotFound = UINT32_MAX;

// Whether the row's values, keys among them, are worthless.
bool lacksMemory(const CallFrame& call, Scope scope, int64_t row) {
  if (scope == Scope::Item && call.itemStatus[row] == RowStatus::OutOfMemory) return true;
  int64_t request = scope == Scope::Item ? call.requestOfItem[row] : row;
  return call.requestStatus[request] == RowStatus::OutOfMemory;
}

}  // namespace

CallReads::CallReads(const std::vector<ReadGroup>& groups, const ProgramLayout& layout)
    : groups_(groups), layout_(layout), states_(groups.size()) {}

void CallReads::begin(size_t shards, Clock::time_point deadline, RunObserver* observer,
                      std::vector<ReadCounts>& counts) {
  deadline_ = deadline;
  timed_ = deadline_ != Clock::time_point::max();
  observer_ = observer;
  counts_ = &counts;
  // A call that asks nobody needs no inbox.
  if (!groups_.empty() && inbox_ == nullptr) inbox_ = std::make_shared<ReadInbox>();
  for (GroupState& state : states_) {
    state.keys.clear();
    state.used = 0;
    if (state.shards.size() < shards) state.shards.resize(shards);
    for (ShardKeys& keys : state.shards) {
      keys.keyOf.clear();
      keys.memberAt.clear();
      keys.needs.clear();
    }
  }
}

void CallReads::end() {
  bool abandoned = outstanding_ > 0;
  for (GroupState& state : states_) {
    for (uint32_t f = 0; f < state.used; ++f) {
      Fetch& fetch = state.fetches[f];
      // A store may still read the keys of a question that it has not answered.
      if (fetch.state == FetchState::Sent || fetch.state == FetchState::GivenUp) {
        fetch.question = nullptr;
        abandoned = true;
      }
      if (fetch.shared != nullptr) {
        fetch.question = nullptr;
        fetch.shared = nullptr;
      }
      fetch.result = {};
    }
    state.used = 0;
  }
  outstanding_ = 0;
  if (abandoned) {
    inbox_->close();
    inbox_ = nullptr;
  }
}

// -- Keys -----------------------------------------------------------------------------------------------

uint32_t CallReads::collectingFetch(size_t group) {
  GroupState& state = states_[group];
  if (state.used > 0 && state.fetches[state.used - 1].state == FetchState::Collecting) return state.used - 1;
  if (state.used == state.fetches.size()) state.fetches.emplace_back();
  Fetch& fetch = state.fetches[state.used];
  if (fetch.question == nullptr)
    fetch.question = std::make_shared<ReadQuestion>(ReadQuestion{groups_[group].target, {}});
  fetch.question->keys.clear();
  fetch.state = FetchState::Collecting;
  fetch.whole = false;
  return state.used++;
}

void CallReads::collect(const Shard& shard, uint32_t phase, const CallFrame& call) {
  for (size_t g = 0; g < groups_.size(); ++g) {
    const ReadGroup& group = groups_[g];
    if (group.phase != phase || !group.has(shard.scope)) continue;
    GroupState& state = states_[g];
    ShardKeys& shardKeys = state.shards[shard.index];
    uint32_t fetch = collectingFetch(g);
    FetchKeys& newKeys = state.fetches[fetch].question->keys;
    auto textAt = [&](KeyPlace place) -> const std::string& {
      return state.fetches[place.fetch].question->keys[place.index];
    };
    for (const ReadGroup::Member& member : group.members) {
      shardKeys.memberAt.push_back(shardKeys.keyOf.size());
      if (member.runScope() != shard.scope) continue;
      KeyRows rows(*member.step, layout_, call, shard.begin, shard.end);
      for (int64_t row = rows.begin(); row < rows.end(); ++row) {
        bool present = false;
        uint64_t length = rows.length(row, present);
        bool asks = !lacksMemory(call, shard.scope, row);
        for (uint64_t k = 0; k < length; ++k) {
          std::string& text = newKeys.draft();
          bool complete = asks && group.target->pattern.render(text, [&](uint32_t field, std::string& t) {
            return rows.append(field, row, k, t);
          });
          uint32_t number = KeyTable::kNoKey;
          if (complete) {
            bool isNew = false;
            number = state.keys.intern(text, {fetch, static_cast<uint32_t>(newKeys.size())}, isNew, textAt);
            if (isNew) newKeys.keepDraft();
            uint32_t holder = state.keys.place(number).fetch;
            std::vector<uint32_t>& needs = shardKeys.needs;
            if (std::ranges::find(needs, holder) == needs.end()) needs.push_back(holder);
          }
          shardKeys.keyOf.push_back(number);
        }
      }
    }
  }
}

// -- Fetches --------------------------------------------------------------------------------------------

void CallReads::send(uint32_t phase) {
  for (size_t g = 0; g < groups_.size(); ++g) {
    GroupState& state = states_[g];
    if (groups_[g].phase != phase || state.used == 0) continue;
    uint32_t last = state.used - 1;
    if (state.fetches[last].state != FetchState::Collecting) continue;
    if (state.fetches[last].question->keys.size() == 0)
      --state.used;
    else
      ask(g, last);
  }
}

void CallReads::ask(size_t index, uint32_t number) {
  const ReadGroup& group = groups_[index];
  Fetch& fetch = states_[index].fetches[number];
  if (group.store == nullptr) {
    fetch.state = FetchState::NoStore;
    return settle(index, fetch, {});
  }
  fetch.sentAt = Clock::now();
  if (timed_ && fetch.sentAt >= deadline_) {
    fetch.state = FetchState::GivenUp;
    return settle(index, fetch, fetch.sentAt);
  }
  const std::shared_ptr<ReadQuestion>& question = fetch.question;
  const ReadTarget& target = *question->target;
  inbox_->expect();
  ++outstanding_;
  fetch.state = FetchState::Sent;
  // Where there is no memory for it the call ends, and with it the inbox.
  FetchDone done([question, inbox = inbox_, index, number](FetchResult result) {
    inbox->put({static_cast<uint32_t>(index), number, Clock::now(), std::move(result)});
  });
  group.store->ask({&target.source, question->keys.view(), target.fields, deadline_}, std::move(done));
}

KeyStatus CallReads::statusOf(const Fetch& fetch, uint32_t index) const {
  if (fetch.whole) return fetch.result.status[index];
  if (fetch.state == FetchState::NoStore) return KeyStatus::Absent;
  return fetch.state == FetchState::GivenUp ? KeyStatus::TimedOut : KeyStatus::Failed;
}

void CallReads::countKey(const Fetch& fetch, uint32_t index, ReadCounts& counts) const {
  ++counts.keys;
  if (fetch.whole) counts.badFields += fetch.result.badFieldsOf(index);
  switch (statusOf(fetch, index)) {
    case KeyStatus::Found: ++counts.found; break;
    case KeyStatus::Absent: ++counts.absent; break;
    case KeyStatus::Failed: ++counts.failed; break;
    case KeyStatus::TimedOut: ++counts.timedOut; break;
  }
}

// Counts what became of a fetch's keys, and tells.
void CallReads::settle(size_t index, Fetch& fetch, Clock::time_point at) {
  const ReadTarget& target = *groups_[index].target;
  size_t keys = fetch.question->keys.size();
  ReadCounts counts;
  if (fetch.state == FetchState::Answered) {
    fetch.whole = fetch.result.status.size() == keys && fetch.result.columns.size() == target.fields.size();
  }
  for (uint32_t k = 0; k < keys; ++k) countKey(fetch, k, counts);
  (*counts_)[target.sourceIndex] += counts;
  if (fetch.state == FetchState::NoStore) return;
  tellObserver(observer_,
               [&](RunObserver& o) { o.onFetch({target.sourceIndex, &target.source, counts, at - fetch.sentAt}); });
}

// Calls `visit(number, row, isShared)` for the keys that the shard asked the group for; `isShared`: for all rows.
template <class Visit>
void CallReads::forEachKey(size_t g, const Shard& shard, const CallFrame& call, const Visit& visit) const {
  const ShardKeys& keys = states_[g].shards[shard.index];
  for (size_t m = 0; m < keys.memberAt.size(); ++m) {
    const ReadGroup::Member& member = groups_[g].members[m];
    if (member.runScope() != shard.scope) continue;
    KeyRows rows(*member.step, layout_, call, shard.begin, shard.end);
    const uint32_t* next = keys.keyOf.data() + keys.memberAt[m];
    for (int64_t row = rows.begin(); row < rows.end(); ++row) {
      bool present = false;
      for (uint64_t length = rows.length(row, present); length > 0; --length, ++next)
        if (*next != KeyTable::kNoKey) visit(*next, row, member.step->scope == Scope::Constant);
    }
  }
}

namespace {

// By request, which part it is of.
std::vector<uint32_t> partsOf(std::span<const int64_t> firstRequests) {
  std::vector<uint32_t> partOf(static_cast<size_t>(firstRequests.back()));
  for (size_t p = 0; p + 1 < firstRequests.size(); ++p)
    std::fill(partOf.begin() + firstRequests[p], partOf.begin() + firstRequests[p + 1], static_cast<uint32_t>(p));
  return partOf;
}

}  // namespace

// Calls `visit(number, part)` once for each key of the group and part that asked for it.
template <class Visit>
void CallReads::forEachKeyOfParts(size_t g, std::span<const Shard> shards, const CallFrame& call,
                                  std::span<const uint32_t> partOf, size_t parts, const Visit& visit) const {
  std::vector<bool> seen(states_[g].keys.size() * parts);  // by key and part
  auto add = [&](uint32_t number, size_t part) {
    if (seen[number * parts + part]) return;
    seen[number * parts + part] = true;
    visit(number, part);
  };
  for (const Shard& shard : shards)
    forEachKey(g, shard, call, [&](uint32_t number, int64_t row, bool isShared) {
      // A constant key is everybody's.
      size_t own = partOf[static_cast<size_t>(shard.scope == Scope::Item ? call.requestOfItem[row] : row)];
      for (size_t p = isShared ? 0 : own; p < (isShared ? parts : own + 1); ++p) add(number, p);
    });
}

void CallReads::countParts(std::span<const Shard> shards, const CallFrame& call, std::span<const int64_t> firstRequests,
                           std::vector<std::vector<ReadCounts>>& counts) {
  size_t parts = firstRequests.size() - 1;
  counts.resize(parts);
  for (std::vector<ReadCounts>& part : counts) part.assign(counts_->size(), {});
  std::vector<uint32_t> partOf = partsOf(firstRequests);
  for (size_t g = 0; g < groups_.size(); ++g) {
    const GroupState& state = states_[g];
    uint32_t source = groups_[g].target->sourceIndex;
    forEachKeyOfParts(g, shards, call, partOf, parts, [&](uint32_t number, size_t part) {
      KeyPlace place = state.keys.place(number);
      countKey(state.fetches[place.fetch], place.index, counts[part][source]);
    });
  }
}

const std::shared_ptr<const ReadAnswer>& CallReads::share(Fetch& fetch) const {
  if (fetch.shared != nullptr) return fetch.shared;
  auto answer = std::make_shared<ReadAnswer>();
  answer->question = fetch.question;
  answer->otherwise = statusOf(fetch, 0);
  if (fetch.whole) answer->result = std::move(fetch.result);
  fetch.shared = std::move(answer);
  return fetch.shared;
}

void CallReads::shareParts(std::span<const Shard> shards, const CallFrame& call, std::span<const int64_t> firstRequests,
                           std::span<std::vector<ReadRow>* const> rows) {
  for (std::vector<ReadRow>* part : rows)
    if (part != nullptr) part->clear();
  std::vector<uint32_t> partOf = partsOf(firstRequests);
  for (size_t g = 0; g < groups_.size(); ++g) {
    GroupState& state = states_[g];
    forEachKeyOfParts(g, shards, call, partOf, rows.size(), [&](uint32_t number, size_t part) {
      if (rows[part] == nullptr) return;
      KeyPlace place = state.keys.place(number);
      rows[part]->push_back({share(state.fetches[place.fetch]), place.index});
    });
  }
}

void CallReads::poll() {
  arrivals_.clear();
  if (outstanding_ == 0) return;
  inbox_->take(arrivals_);
  for (Arrival& arrival : arrivals_) {
    Fetch& fetch = states_[arrival.group].fetches[arrival.fetch];
    // One that was given up stays so: a shard may have gone on without it.
    if (fetch.state != FetchState::Sent) continue;
    fetch.state = FetchState::Answered;
    fetch.result = std::move(arrival.result);
    --outstanding_;
    settle(arrival.group, fetch, arrival.at);
  }
  arrivals_.clear();
  if (timed_ && outstanding_ > 0 && Clock::now() >= deadline_) giveUp();
}

void CallReads::wait(Clock::time_point until, CallCancel* cancel) {
  if (outstanding_ > 0) {
    until = std::min(deadline_, until);
    cancel != nullptr ? cancel->wait(*inbox_, until) : inbox_->wait(until);
  }
  poll();
}

void CallReads::giveUp() {
  Clock::time_point now = Clock::now();
  for (size_t g = 0; g < groups_.size(); ++g) {
    for (uint32_t f = 0; f < states_[g].used; ++f) {
      Fetch& fetch = states_[g].fetches[f];
      if (fetch.state != FetchState::Sent) continue;
      fetch.state = FetchState::GivenUp;
      settle(g, fetch, now);
    }
  }
  outstanding_ = 0;
}

// -- Rows -----------------------------------------------------------------------------------------------

bool CallReads::haveArrived(const Shard& shard, uint32_t phase) const {
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].neededBy != phase) continue;
    const GroupState& state = states_[g];
    for (uint32_t f : state.shards[shard.index].needs)
      if (state.fetches[f].state <= FetchState::Sent) return false;
  }
  return true;
}

// Where each element's row is, kNotFound for one that has none whatever the store left in its cells.
void CallReads::resolve(const GroupState& state, const ShardKeys& keys) {
  places_.clear();
  for (uint32_t number : keys.keyOf) {
    KeyPlace place{kNotFound, 0};
    if (number != KeyTable::kNoKey) {
      KeyPlace at = state.keys.place(number);
      const Fetch& fetch = state.fetches[at.fetch];
      if (fetch.whole && fetch.result.status[at.index] == KeyStatus::Found) place = at;
    }
    places_.push_back(place);
  }
}

void CallReads::scatter(const Shard& shard, uint32_t phase, CallFrame& call, Arena& arena) {
  for (size_t g = 0; g < groups_.size(); ++g) {
    const ReadGroup& group = groups_[g];
    if (group.neededBy != phase || !group.has(shard.scope)) continue;
    const GroupState& state = states_[g];
    const ShardKeys& keys = state.shards[shard.index];
    resolve(state, keys);
    for (size_t m = 0; m < group.members.size(); ++m) {
      const ReadGroup::Member& member = group.members[m];
      if (member.runScope() != shard.scope) continue;
      KeyRows rows(*member.step, layout_, call, shard.begin, shard.end);
      for (size_t f = 0; f < member.step->fields.size(); ++f) {
        const FieldRead& read = member.step->fields[f];
        Type type = group.target->source.fields[read.field].type;
        readers_.assign(state.used, FieldReader({}, type));
        for (uint32_t n : keys.needs)
          if (state.fetches[n].whole)
            readers_[n] = FieldReader(state.fetches[n].result.columns[member.fetched[f]], type);
        const KeyPlace* next = places_.data() + keys.memberAt[m];
        scatterField(rows, member.step->aligned, cellSize(type), call.columns[read.column], arena, [&] {
          KeyPlace place = *next++;
          if (place.fetch == kNotFound || !readers_[place.fetch].present(place.index)) return ElementAnswer();
          return ElementAnswer{&readers_[place.fetch], place.index};
        });
      }
    }
  }
}

}  // namespace featc
