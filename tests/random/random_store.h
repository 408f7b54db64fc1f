// SPDX-License-Identifier: Apache-2.0
// A store whose rows are a function of the key: no data to keep, and the same for every engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/reads/store.h"
#include "values/value.h"

namespace featc {

// What rows hold: anything, or what JSON can say.
enum class StoredValues : uint8_t { Any, Sayable };

class RandomStore final : public Store {
 public:
  explicit RandomStore(uint64_t seed, StoredValues values = StoredValues::Any) : seed_(seed), values_(values) {}
  void fetch(const FetchRequest& request, Done done) override;

  // Whether there is a row of that key, and a field of it; members of a list of structs are equally long.
  bool has(std::string_view key) const;
  Value field(const SourceInfo& source, size_t field, std::string_view key) const;

 private:
  uint64_t seed_;
  StoredValues values_;
};

}  // namespace featc
