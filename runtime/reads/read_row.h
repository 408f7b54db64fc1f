// SPDX-License-Identifier: Apache-2.0
// What a call read, for those who keep it beyond the call: shared, not copied.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/reads/fetch_result.h"
#include "runtime/reads/key_table.h"
#include "runtime/reads/read_group.h"

namespace featc {

// What one fetch asked a store for.
struct ReadQuestion {
  std::shared_ptr<const ReadTarget> target;
  FetchKeys keys;
};

// What became of one fetch.
struct ReadAnswer {
  std::shared_ptr<const ReadQuestion> question;
  FetchResult result;  // a row a key, where the store answered as it should
  KeyStatus otherwise = KeyStatus::Failed;

  KeyStatus statusOf(uint32_t key) const { return result.status.empty() ? otherwise : result.status[key]; }
};

// One key and its row. All requests of a call that asked for it share the answer.
struct ReadRow {
  std::shared_ptr<const ReadAnswer> answer;
  uint32_t index = 0;  // of the key in its question, and of the row in its answer

  const ReadTarget& target() const { return *answer->question->target; }
  const std::string& key() const { return answer->question->keys[index]; }
  KeyStatus status() const { return answer->statusOf(index); }
};

}  // namespace featc
