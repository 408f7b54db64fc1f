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
#include "runtime/store.h"

namespace featc::bench {

inline constexpr uint32_t kReadsItems = 200;
inline constexpr uint32_t kReadsSources = 3;

std::string readsConfig();
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
// One request of `items` items.
void fillReads(BatchBuilder& builder, uint32_t items, uint64_t seed);

// Different requests, asked in turns. They stay where they are.
struct Requests {
  std::deque<BatchBuilder> builders;
  std::vector<Batch> batches;

  explicit Requests(const ProgramInfo& info);
  const Batch& operator[](size_t i) const { return batches[i % batches.size()]; }
};

// The config, native code for it with `store` behind it, and the rows in memory.
struct ReadsSubject {
  CompiledConfig config = compileText(readsConfig());
  std::shared_ptr<Store> rows;

  ReadsSubject();
  std::shared_ptr<const Extractor> with(std::shared_ptr<Store> store) const;
};

}  // namespace featc::bench
