// SPDX-License-Identifier: Apache-2.0
// Fuzzes the pages of LMDB files. Whatever they hold, what is read lies in the file and every search ends.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "stores/lmdb_pages.h"
#include "tests/fuzz/require.h"

using namespace featc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view file(reinterpret_cast<const char*>(data), size);
  Expected<LmdbPages> opened = LmdbPages::of(file);
  if (!opened) return 0;
  const LmdbPages& pages = *opened;
  LmdbMeta meta = pages.newestMeta();
  (void)pages.metaOf(meta.transaction);
  (void)pages.isCutShort(meta);
  for (const char* name : {"rows", "hashed"}) {
    uint64_t root = 0;
    if (pages.table(meta.mainRoot, name, root) != LmdbPages::Found::Yes) continue;
    for (std::string_view key : {"", "a", "b", "large", "\xff\xff\xff", "rows"}) {
      std::string_view value;
      if (pages.find(root, key, value) != LmdbPages::Found::Yes) continue;
      require(value.empty() ||
              (value.data() >= file.data() && value.data() + value.size() <= file.data() + file.size()));
    }
  }
  return 0;
}
