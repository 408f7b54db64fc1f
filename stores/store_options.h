// SPDX-License-Identifier: Apache-2.0
// How a store is read: timeouts, the guards around it, its connections, its cache.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace featc {

// Every field but `source` can stand in a store's URL: `redis://HOST:PORT/0?timeout=20ms&cache=64MB`.
// docs/stores.md says what each does.
struct StoreOptions {
  // The source that the store is bound to, for the password's variable; empty: any.
  std::string source;

  // -- Guards -----------------------------------------------------------------------------------------
  std::optional<std::chrono::microseconds> timeout;  // of one fetch; 0: none; unset: 2 s for Redis, else none
  std::optional<uint32_t> breaker;  // failed fetches in a row that open it; 0: no breaker; unset: as the kind has it
  std::chrono::microseconds breakerWait{50'000};  // before the first probe; doubles up to five times that
  uint32_t hedgePercentile = 0;                   // of recent latencies, after which a second read goes out; 0: none
  std::optional<double> maxAbsent;                // share of a source's last keys; with more, absent ones fail
  size_t cacheBytes = 0;                          // 0: no cache
  std::chrono::microseconds cacheTtl{30'000'000};
  size_t maxValueBytes = size_t{4} << 20U;    // a larger value is a failed read
  size_t maxFetchBytes = size_t{256} << 20U;  // what one fetch may bring; rows beyond it fail

  // -- Redis ------------------------------------------------------------------------------------------
  uint32_t loops = 1;                                 // event loops, each a thread
  uint32_t connections = 1;                           // a loop; of a cluster, a loop and node
  std::chrono::microseconds connectTimeout{300'000};  // from the name's look-up to the answer to SELECT
  bool readReplicas = false;                          // of a cluster, and its masters where no replica can be read

  std::chrono::microseconds redisTimeout() const { return timeout.value_or(std::chrono::microseconds(2'000'000)); }

  uint32_t workers = 2;  // threads that parse what is large or JSON; LMDB: that read
};

}  // namespace featc
