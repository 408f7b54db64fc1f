// SPDX-License-Identifier: Apache-2.0
// Any bytes as an entry of the object cache, as they are and under a right length and checksum: nothing,
// or an entry that is written as exactly these bytes.
#include <cstdlib>
#include <string>

#include "engine/cache_entry.h"

namespace {

void check(const std::string& bytes) {
  if (auto entry = featc::readConfigEntry(bytes); entry && featc::toBytes(*entry) != bytes) std::abort();
  if (auto entry = featc::readCodeEntry(bytes); entry && featc::toBytes(*entry) != bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  featc::sealEntry(bytes);
  check(bytes);
  return 0;
}
