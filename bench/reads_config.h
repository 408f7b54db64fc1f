// SPDX-License-Identifier: Apache-2.0
// A config with three sources on two read levels, rows for a store, and requests for it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/program.h"
#include "runtime/reads/store.h"

namespace featc::bench {

inline constexpr uint32_t kReadsItems = 200;
inline constexpr uint32_t kReadsSources = 3;

// `keyPrefix` stands before each key, as in a string of a config; kOddKeys is one that some stores would stumble over.
std::string readsConfig(const std::string& keyPrefix = "");
inline constexpr const char* kOddKeys = "two  words \\x00 \\xFF \xE7\x81\xAB ";
// One field of a row as Redis holds it: numbers in decimal, strings as they are, lists as JSON.
struct RowField {
  std::string name;
  std::string text;
  bool isString = false;
};
// Every row: its source, the key field's name and value, the fields.
void eachReadsRow(const std::function<void(const char* source, const char* key, int64_t id,
                                           const std::vector<RowField>& row)>& visit);
// The same as `featc load` would load it: JSON lines.
std::string readsRows();
// One request of `items` items, of `dishes` dishes, in which only the first kDishes have rows.
inline constexpr int64_t kDishes = 5'000;
void fillReads(BatchBuilder& builder, uint32_t items, uint64_t seed, int64_t dishes = kDishes);

// Different requests, asked in turns. They stay where they are.
struct Requests {
  std::deque<BatchBuilder> builders;
  std::vector<Batch> batches;

  explicit Requests(const ProgramInfo& info);
  const Batch& operator[](size_t i) const { return batches[i % batches.size()]; }
};

// The config, native code for it with `store` behind it, and the rows in memory.
struct ReadsSubject {
  CompiledConfig config;
  std::shared_ptr<Store> rows;

  explicit ReadsSubject(const std::string& keyPrefix = "");
  std::shared_ptr<const Extractor> with(std::shared_ptr<Store> store) const;
};

}  // namespace featc::bench
