// SPDX-License-Identifier: Apache-2.0
// Fuzzes manifests of epochs. What is taken is read again as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/embeddings/manifest.h"
#include "tests/fuzz/require.h"

using namespace featc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Expected<EpochManifest> manifest = parseManifest({reinterpret_cast<const char*>(data), size}, "x");
  if (!manifest) {
    require(!manifest.error().message.empty());
    return 0;
  }
  for (const ManifestTable& table : manifest->tables) require(table.defaultRow.size() == table.dim);
  Expected<EpochManifest> again = parseManifest(manifestText(*manifest), "x");
  require(again && *again == *manifest);
  return 0;
}
