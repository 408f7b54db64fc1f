// SPDX-License-Identifier: Apache-2.0
// What a store counts of itself since it was opened, for metrics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace featc {

// A part is there where the store has it.
struct StoreStats {
  struct Breaker {
    bool open = false;
    uint64_t trips = 0;    // how often it opened
    uint64_t refused = 0;  // fetches that failed without asking the store
  };
  struct SecondReads {
    uint64_t sent = 0;
    uint64_t won = 0;  // whose answer was the one that counted
  };
  struct Cache {
    uint64_t hits = 0;       // keys, as are the next two
    uint64_t misses = 0;     // that were not there, asked for or waited for
    uint64_t joined = 0;     // of the misses, those that another fetch had asked for and that were waited for
    uint64_t evictions = 0;  // rows that went to make room
    uint64_t bytes = 0;
  };
  struct Connections {
    uint64_t ready = 0;   // now
    uint64_t made = 0;    // that became ready: reconnections are what exceeds the number of connections
    uint64_t lost = 0;    // that were ready
    uint64_t failed = 0;  // tries
  };
  struct Absent {
    uint64_t sources = 0;  // of which more of the last keys were absent than may be
    uint64_t rises = 0;    // how often one came to be so
  };
  std::optional<Breaker> breaker;
  std::optional<SecondReads> secondReads;
  std::optional<Cache> cache;
  std::optional<Connections> connections;
  std::optional<Absent> absent;
};

// A store and what it is called where it was bound.
struct StoreState {
  std::string store;    // the source's name, or `default`
  std::string url;      // without secrets
  std::string problem;  // the last reason of a failed read; empty: none has failed
  StoreStats stats;
};

}  // namespace featc
