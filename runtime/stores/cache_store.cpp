// SPDX-License-Identifier: Apache-2.0
// Answers from the cache, and fills it.
#include "runtime/stores/cache_store.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "runtime/stores/row_decoder.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;

// The cache's key: the space's number, then the store's key.
void setKey(std::string& text, uint32_t space, std::string_view key) {
  text.assign(reinterpret_cast<const char*>(&space), sizeof space);
  text += key;
}

}  // namespace

// One fetch of which the cache has some rows: the answer being made, and what the store is asked for.
struct CacheStore::Merge {
  FetchRequest request;
  Done done;
  Arena arena{SIZE_MAX};
  std::shared_ptr<Arena> rest;  // the store's answer's, whose cells are used
  FetchResult result;
  std::vector<std::string> missed;  // keys
  std::vector<size_t> places;       // of each, in the request

  void take(const RowCache::Row& row, size_t key) {
    result.status[key] = row.found ? KeyStatus::Found : KeyStatus::Absent;
    for (size_t f = 0; f < row.values.size(); ++f)
      if (!storeCell(row.values[f], request.source->fields[request.fields[f]].type, result.columns[f], key, arena))
        throw std::bad_alloc();
  }

  void take(const FetchResult& from, size_t row, size_t key) {
    result.status[key] = from.status[row];
    for (size_t f = 0; f < result.columns.size(); ++f) {
      if (from.status[row] != KeyStatus::Found || !from.columns[f].present(row)) continue;
      Type type = request.source->fields[request.fields[f]].type;
      const ColumnRef& out = result.columns[f];
      setBit(out.valid, key, true);
      size_t size = cellSize(type);
      size_t at = from.columns[f].uniform ? 0 : row;
      if (type.is(Kind::Bool))
        setBit(static_cast<uint8_t*>(out.data), key, from.columns[f].get<bool>(row));
      else
        std::memcpy(static_cast<char*>(out.data) + key * size,
                    static_cast<const char*>(from.columns[f].data) + at * size, size);
    }
  }
};

CacheStore::CacheStore(std::shared_ptr<Store> store, size_t bytes, std::chrono::microseconds ttl)
    : rows_(bytes, ttl), store_(std::move(store)) {}

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
  auto merge = std::make_shared<Merge>();
  try {
    merge->request = request;
    // Columns of the whole answer, all missing; the arena lives as long as all that its cells point to.
    merge->result = RowDecoder(request, std::shared_ptr<Arena>(merge, &merge->arena)).take();
    uint32_t space = spaceOf(request);
    Clock::time_point now = Clock::now();
    std::string text;
    for (size_t k = 0; k < request.keys.size(); ++k) {
      setKey(text, space, request.keys[k]);
      if (std::shared_ptr<const RowCache::Row> row = rows_.find(text, now)) {
        merge->take(*row, k);
      } else {
        merge->missed.push_back(request.keys[k]);
        merge->places.push_back(k);
      }
    }
    hits_ += request.keys.size() - merge->missed.size();
    misses_ += merge->missed.size();
    if (merge->missed.empty()) return done(std::move(merge->result));
    merge->done = std::move(done);
    FetchRequest rest{request.source, merge->missed, request.fields, request.deadline};
    store_->fetch(rest, [this, merge, space](FetchResult result) {
      Done told = std::move(merge->done);
      FetchResult answer = std::move(merge->result);
      try {
        if (result.status.size() != merge->missed.size()) {
          for (size_t place : merge->places) answer.status[place] = KeyStatus::Failed;
        } else {
          keep(space, {merge->request.source, merge->missed, merge->request.fields}, result);
          merge->rest = result.arena;
          merge->result = std::move(answer);
          for (size_t row = 0; row < merge->places.size(); ++row) merge->take(result, row, merge->places[row]);
          merge->result.badFields = result.badFields;
          answer = std::move(merge->result);
        }
      } catch (const std::bad_alloc&) {
        answer = {};
        merge->result = {};  // its arena would keep the merge
      }
      told(std::move(answer));
    });
  } catch (const std::bad_alloc&) {
    merge->result = {};
    if (done) done({});
  }
}

void CacheStore::keep(uint32_t space, const FetchRequest& request, const FetchResult& result) {
  // Which rows the bad fields are of is not known, and on a hit they would not be counted.
  if (result.badFields > 0) return;
  Clock::time_point now = Clock::now();
  std::string text;
  for (size_t k = 0; k < request.keys.size(); ++k) {
    if (result.status[k] != KeyStatus::Found && result.status[k] != KeyStatus::Absent) continue;
    RowCache::Row row;
    row.found = result.status[k] == KeyStatus::Found;
    for (size_t f = 0; row.found && f < request.fields.size(); ++f)
      row.values.push_back(loadCell(result.columns[f], request.source->fields[request.fields[f]].type, k));
    setKey(text, space, request.keys[k]);
    rows_.put(text, std::move(row), now);
  }
}

}  // namespace featc
