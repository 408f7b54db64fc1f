// SPDX-License-Identifier: Apache-2.0
// A store that answers from one line of a log.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/reads/store.h"
#include "values/value.h"

namespace featc {

struct ReplayRow {
  KeyStatus status = KeyStatus::Absent;
  std::map<std::string, Value, std::less<>> fields;
};

class ReplayStore final : public Store {
 public:
  void clear();
  void add(std::string source, std::string key, ReplayRow row);
  // A key that a call reads twice, for other fields, has a row for each time, in the order in which they were read. One
  // without a row fails, and is remembered as `source key`. Answers before it returns.
  void fetch(const FetchRequest& request, Done done) override;
  const std::vector<std::string>& unknownKeys() const { return unknown_; }

 private:
  struct Rows {
    std::vector<ReplayRow> rows;
    size_t next = 0;  // that is asked for

    const ReplayRow& take() { return rows[next + 1 < rows.size() ? next++ : rows.size() - 1]; }
    // The value of the row, or of another one of the key where it lacks the field.
    const Value* find(const ReplayRow& row, const std::string& field) const;
  };
  std::map<std::pair<std::string, std::string>, Rows> rows_;
  std::vector<std::string> unknown_;
};

}  // namespace featc
