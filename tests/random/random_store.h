// SPDX-License-Identifier: Apache-2.0
// A store whose rows are a function of the key: no data to keep, and the same for every engine.
#pragma once

#include "runtime/reads/store.h"

namespace featc {

class RandomStore final : public Store {
 public:
  explicit RandomStore(uint64_t seed) : seed_(seed) {}
  void fetch(const FetchRequest& request, Done done) override;

 private:
  uint64_t seed_;
};

}  // namespace featc
