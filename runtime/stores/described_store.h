// SPDX-License-Identifier: Apache-2.0
// A store that can say, for messages, where its rows come from and why reads failed.
#pragma once

#include <string>

#include "runtime/store.h"

namespace featc {

class DescribedStore : public Store {
 public:
  // Without secrets: `redis://127.0.0.1:6379/0`.
  virtual std::string name() const = 0;
  // The last reason: `Connection refused`; empty when no read has failed.
  virtual std::string problem() const = 0;
};

// The same of any store; empty where it cannot say.
inline std::string storeName(const Store& store) {
  const auto* described = dynamic_cast<const DescribedStore*>(&store);
  return described == nullptr ? "" : described->name();
}
inline std::string storeProblem(const Store& store) {
  const auto* described = dynamic_cast<const DescribedStore*>(&store);
  return described == nullptr ? "" : described->problem();
}

}  // namespace featc
