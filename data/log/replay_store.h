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
  // A key without a row fails, and is remembered as `source key`. Answers before it returns.
  void fetch(const FetchRequest& request, Done done) override;
  const std::vector<std::string>& unknownKeys() const { return unknown_; }

 private:
  std::map<std::pair<std::string, std::string>, ReplayRow> rows_;
  std::vector<std::string> unknown_;
};

}  // namespace featc
