// SPDX-License-Identifier: Apache-2.0
// Fuzzes delta files of embeddings, as they are and with a size and a sum that are right. What is taken is written back
// as it was.
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "server/embeddings/delta.h"
#include "tests/fuzz/require.h"

using namespace featc;

namespace {

void check(const std::string& bytes) {
  Expected<Delta> delta = parseDelta(bytes, "x");
  if (!delta) return require(!delta.error().message.empty());
  Expected<Delta> again = parseDelta(deltaBytes(*delta), "x");
  require(again && again->tables.size() == delta->tables.size());
  for (const DeltaTable& table : delta->tables)
    (void)TableOverlay::make(nullptr, table.changes, rowBytes(table.type, table.dim));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  constexpr size_t kSizeAt = 40;
  if (size < kSizeAt + 2 * sizeof(uint64_t)) return 0;
  const uint64_t all = size;
  std::memcpy(bytes.data() + kSizeAt, &all, sizeof all);
  const uint64_t sum = XXH3_64bits(bytes.data(), size - sizeof sum);
  std::memcpy(bytes.data() + size - sizeof sum, &sum, sizeof sum);
  check(bytes);
  return 0;
}
