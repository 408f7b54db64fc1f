// SPDX-License-Identifier: Apache-2.0
// A number that tells one config from another.
#include "ir/fingerprint.h"

#include <algorithm>

#include "ir/text.h"
#include "values/hash.h"

namespace featc {

uint64_t fingerprintOf(const Graph& raw) {
  if (raw.info().fingerprint != 0) return raw.info().fingerprint;
  return std::max<uint64_t>(hashBytes(HashFamily::Xxh3, toText(raw)), 1);
}

}  // namespace featc
