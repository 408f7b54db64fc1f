// SPDX-License-Identifier: Apache-2.0
// Answers from the cache, and fills it.
#include "stores/cache_store.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <span>
#include <utility>

#include "stores/row_decoder.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;

// The cache's key: the space's number, then the store's key.
void setKey(std::string& text, uint32_t space, std::string_view key) {
  text.assign(reinterpret_cast<const char*>(&space), sizeof space);
  text += key;
}

}  // namespace

// A fetch whose answer is put together from the cache, the store and other fetches' answers. Thread-safe from
// begin() on.
class CacheStore::Merge : public std::enable_shared_from_this<CacheStore::Merge> {
 public:
  Merge(const FetchRequest& request, Done done)
      : request_(request), done_(std::move(done)), waits_(request.keys.size(), false) {}

  // Valid until the answer has been given, which is not before the last open key is closed.
  const FetchRequest& request() const { return request_; }
  // Columns of the whole answer, all missing; the arena lives as long as all that its cells point to.
  void begin() { result_ = RowDecoder(request_, {shared_from_this(), &arena_}).take(); }

  // -- Until started() ----------------------------------------------------------------------------------
  void open(size_t keys) {
    std::lock_guard lock(mutex_);
    open_ += keys;
  }
  void wait(size_t key) {
    std::lock_guard lock(mutex_);
    waits_[key] = true;
    ++open_;
  }
  void setTimer(Timers& timers) {
    timers_ = &timers;
    timers.at(request_.deadline, [merge = shared_from_this()] { merge->expire(); }, timer_);
  }
  // A row that the cache has. Keys that wait may be given theirs at the same time.
  void hit(const RowCache::Row& row, size_t key) {
    std::lock_guard lock(mutex_);
    take(row, key);
  }
  void started() {
    close(1, [] {});
  }

  // -- Answers ------------------------------------------------------------------------------------------
  // Of the store, for some of the keys; their cells are used where they are.
  void answer(const FetchResult& from, bool isWhole, std::span<const size_t> keys) {
    close(keys.size(), [&] {
      for (size_t row = 0; row < keys.size(); ++row) {
        if (isWhole)
          take(from, row, keys[row]);
        else
          result_.status[keys[row]] = KeyStatus::Failed;
      }
      rests_.push_back(from.arena);
    });
  }
  // Of another fetch, for a key that waits; null: it failed.
  void give(size_t key, const RowCache::Row* row) {
    if (!claim(key)) return;
    close(1, [&] {
      result_.status[key] = KeyStatus::Failed;
      if (row != nullptr) take(*row, key);
    });
  }
  // Whether the key still waits; it does no longer, and stays open.
  bool claim(size_t key) {
    std::lock_guard lock(mutex_);
    bool waited = waits_[key];
    waits_[key] = false;
    return waited;
  }
  // Nothing comes of it: the store failed as a whole.
  void fail() {
    {
      std::lock_guard lock(mutex_);
      isBroken_ = true;
      waits_.assign(waits_.size(), false);
      open_ = 1;
    }
    started();
  }

 private:
  Type typeOf(size_t field) const { return request_.source->fields[request_.fields[field]].type; }

  void expire() {
    for (size_t key = 0; key < waits_.size(); ++key)
      if (claim(key)) close(1, [&] { result_.status[key] = KeyStatus::TimedOut; });
  }

  void take(const RowCache::Row& row, size_t key) {
    result_.status[key] = row.found ? KeyStatus::Found : KeyStatus::Absent;
    for (size_t f = 0; f < row.values.size(); ++f)
      if (!storeCell(row.values[f], typeOf(f), result_.columns[f], key, arena_)) throw std::bad_alloc();
  }

  void take(const FetchResult& from, size_t row, size_t key) {
    result_.status[key] = from.status[row];
    if (from.badFieldsOf(row) > 0) result_.countBad(key, from.badFieldsOf(row));
    for (size_t f = 0; f < result_.columns.size(); ++f) {
      if (from.status[row] != KeyStatus::Found || !from.columns[f].present(row)) continue;
      const ColumnRef& out = result_.columns[f];
      setBit(out.valid, key, true);
      size_t size = cellSize(typeOf(f));
      size_t at = from.columns[f].uniform ? 0 : row;
      if (typeOf(f).is(Kind::Bool))
        setBit(static_cast<uint8_t*>(out.data), key, from.columns[f].get<bool>(row));
      else
        std::memcpy(static_cast<char*>(out.data) + key * size,
                    static_cast<const char*>(from.columns[f].data) + at * size, size);
    }
  }

  // Does `write` and closes so many keys; the last one gives the answer.
  template <class Write>
  void close(size_t keys, const Write& write) {
    {
      std::lock_guard lock(mutex_);
      try {
        // What is broken has given its answer away.
        if (!isBroken_) write();
      } catch (const std::bad_alloc&) {
        isBroken_ = true;
      }
      open_ -= keys;
      if (open_ > 0) return;
    }
    if (timers_ != nullptr) timers_->cancel(timer_);
    FetchResult answer = std::move(result_);
    if (isBroken_) answer = {};
    Done done = std::move(done_);
    done(std::move(answer));
  }

  FetchRequest request_;
  Done done_;
  Arena arena_{SIZE_MAX};
  std::vector<std::shared_ptr<Arena>> rests_;  // of the store's answers, whose cells are used
  std::mutex mutex_;
  FetchResult result_;
  std::vector<bool> waits_;  // by key: another fetch's answer
  size_t open_ = 1;          // keys without an answer, and the beginning
  bool isBroken_ = false;
  Timers* timers_ = nullptr;
  Timers::Id timer_{};
};

// Keys that the store is asked for.
struct CacheStore::Asked {
  std::shared_ptr<Merge> merge;
  std::vector<size_t> places;      // in the request
  std::vector<std::string> keys;   // the same
  std::vector<std::string> texts;  // of those that others may wait for, in the cache
};

CacheStore::CacheStore(std::shared_ptr<Store> store, size_t bytes, std::chrono::microseconds ttl)
    : rows_(bytes, ttl), store_(std::move(store)) {}

CacheStore::~CacheStore() {
  std::unique_lock lock(endingMutex_);
  ending_ = true;
  asked_.wait(lock, [this] { return asking_ == 0; });
}

uint32_t CacheStore::spaceOf(const FetchRequest& request) {
  std::lock_guard lock(mutex_);
  auto at = std::ranges::find_if(spaces_, [&](const Space& space) {
    return std::ranges::equal(space.fields, request.fields) && space.source == *request.source;
  });
  if (at == spaces_.end()) {
    spaces_.push_back({*request.source, {request.fields.begin(), request.fields.end()}});
    at = spaces_.end() - 1;
  }
  return static_cast<uint32_t>(at - spaces_.begin());
}

void CacheStore::fetch(const FetchRequest& request, Done done) {
  std::shared_ptr<Merge> merge;
  std::shared_ptr<Asked> asked;
  try {
    merge = std::make_shared<Merge>(request, done);
    merge->begin();
    asked = std::make_shared<Asked>();
    asked->merge = merge;
    uint32_t space = spaceOf(request);
    Clock::time_point now = Clock::now();
    uint64_t hits = 0;
    std::string text;
    for (size_t k = 0; k < request.keys.size(); ++k) {
      setKey(text, space, request.keys[k]);
      std::shared_ptr<const RowCache::Row> row = rows_.find(text, now);
      if (row == nullptr) {
        asked->places.push_back(k);
        asked->texts.push_back(text);
        Joined joined;
        try {
          joined = join({merge, k}, text, now);
        } catch (...) {
          asked->texts.pop_back();  // there may be a flight for it, of another fetch
          throw;
        }
        if (!joined.joined) continue;
        asked->places.pop_back();
        asked->texts.pop_back();
        row = std::move(joined.row);
      }
      if (row == nullptr) continue;
      merge->hit(*row, k);
      ++hits;
    }
    uint64_t joined = request.keys.size() - hits - asked->places.size();
    hits_ += hits;
    misses_ += request.keys.size() - hits;
    joined_ += joined;
    if (joined > 0 && request.deadline != Clock::time_point::max()) merge->setTimer(timers_);
    merge->open(asked->places.size());
    if (!asked->places.empty()) ask(asked, space);
    merge->started();
  } catch (const std::bad_alloc&) {
    for (size_t k = 0; asked != nullptr && k < asked->texts.size(); ++k)
      for (const Waiter& waiter : land(asked->texts[k])) waiter.merge->give(waiter.place, nullptr);
    if (merge != nullptr)
      merge->fail();
    else
      done({});
  }
}

// -- Keys that several ask for at once --------------------------------------------------------------------

// Has the key wait for the fetch that is under way for it. Without one this fetch is it from now on, unless the row
// has come just now.
CacheStore::Joined CacheStore::join(const Waiter& waiter, const std::string& text, Clock::time_point now) {
  std::lock_guard lock(flightsMutex_);
  if (auto flight = flights_.find(text); flight != flights_.end()) {
    flight->second.push_back(waiter);
    waiter.merge->wait(waiter.place);
    return {true, nullptr};
  }
  // Rows are kept before their flight ends.
  if (std::shared_ptr<const RowCache::Row> row = rows_.find(text, now)) return {true, std::move(row)};
  flights_.try_emplace(text);
  return {false, nullptr};
}

// Ends the wait for a key.
std::vector<CacheStore::Waiter> CacheStore::land(const std::string& text) {
  std::lock_guard lock(flightsMutex_);
  auto flight = flights_.extract(text);
  return flight.empty() ? std::vector<Waiter>() : std::move(flight.mapped());
}

// Throws std::bad_alloc before it asks, not afterwards.
void CacheStore::ask(const std::shared_ptr<Asked>& asked, uint32_t space) {
  const FetchRequest& request = asked->merge->request();
  for (size_t place : asked->places) asked->keys.push_back(request.keys[place]);
  Done done([this, asked, space](FetchResult result) { landed(*asked, space, result); });
  store_->ask({request.source, asked->keys, request.fields, request.deadline}, std::move(done));
}

void CacheStore::landed(const Asked& asked, uint32_t space, const FetchResult& result) {
  const FetchRequest& all = asked.merge->request();
  FetchRequest request{all.source, asked.keys, all.fields};
  bool isWhole = result.status.size() == asked.keys.size() && result.columns.size() == all.fields.size();
  std::vector<Waiter> again;
  try {
    if (isWhole) keep(space, request, result);
  } catch (const std::bad_alloc&) {
    // They are not kept, then.
  }
  for (size_t k = 0; k < asked.texts.size(); ++k) {
    std::vector<Waiter> waiters = land(asked.texts[k]);
    if (waiters.empty()) continue;
    KeyStatus status = isWhole ? result.status[k] : KeyStatus::Failed;
    bool isOfUse = status != KeyStatus::TimedOut && (status == KeyStatus::Failed || result.badFieldsOf(k) == 0);
    try {
      if (!isOfUse) {
        again.insert(again.end(), waiters.begin(), waiters.end());
        continue;
      }
      RowCache::Row row;
      if (status != KeyStatus::Failed) row = rowOf(request, result, k);
      for (const Waiter& waiter : waiters)
        waiter.merge->give(waiter.place, status == KeyStatus::Failed ? nullptr : &row);
    } catch (const std::bad_alloc&) {
      for (const Waiter& waiter : waiters) waiter.merge->give(waiter.place, nullptr);
    }
  }
  askAgain(std::move(again), space);
  asked.merge->answer(result, isWhole, asked.places);
}

// For keys whose wait was in vain, with the deadlines of those that waited.
void CacheStore::askAgain(std::vector<Waiter> waiters, uint32_t space) {
  if (waiters.empty()) return;
  bool isEnding = false;
  {
    std::lock_guard lock(endingMutex_);
    isEnding = ending_;
    if (!isEnding) ++asking_;
  }
  if (isEnding) {
    for (const Waiter& waiter : waiters) waiter.merge->give(waiter.place, nullptr);
    return;
  }
  std::ranges::sort(waiters, {}, &Waiter::merge);
  for (size_t i = 0; i < waiters.size();) {
    const std::shared_ptr<Merge>& merge = waiters[i].merge;
    size_t end = i;
    while (end < waiters.size() && waiters[end].merge == merge) ++end;
    std::vector<size_t> claimed;
    try {
      auto asked = std::make_shared<Asked>();
      asked->merge = merge;
      asked->places.reserve(end - i);
      claimed.reserve(end - i);
      for (size_t w = i; w < end; ++w)
        if (merge->claim(waiters[w].place)) claimed.push_back(waiters[w].place);
      asked->places = claimed;
      if (!claimed.empty()) ask(asked, space);
    } catch (const std::bad_alloc&) {
      if (!claimed.empty()) merge->answer({}, false, claimed);
      for (size_t w = i; w < end; ++w) merge->give(waiters[w].place, nullptr);
    }
    i = end;
  }
  std::lock_guard lock(endingMutex_);
  if (--asking_ == 0) asked_.notify_all();
}

RowCache::Row CacheStore::rowOf(const FetchRequest& request, const FetchResult& result, size_t key) {
  RowCache::Row row;
  row.found = result.status[key] == KeyStatus::Found;
  for (size_t f = 0; row.found && f < request.fields.size(); ++f)
    row.values.push_back(loadCell(result.columns[f], request.source->fields[request.fields[f]].type, key));
  return row;
}

void CacheStore::keep(uint32_t space, const FetchRequest& request, const FetchResult& result) {
  Clock::time_point now = Clock::now();
  std::string text;
  for (size_t k = 0; k < request.keys.size(); ++k) {
    if (result.status[k] != KeyStatus::Found && result.status[k] != KeyStatus::Absent) continue;
    // On a hit they would not be counted.
    if (result.badFieldsOf(k) > 0) continue;
    setKey(text, space, request.keys[k]);
    rows_.put(text, rowOf(request, result, k), now);
  }
}

}  // namespace featc
