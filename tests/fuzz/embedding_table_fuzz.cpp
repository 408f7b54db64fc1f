// SPDX-License-Identifier: Apache-2.0
// Fuzzes table files of embeddings, as they are and with sums that are right. Whatever one holds, it is refused, or
// every lookup ends within it.
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "server/embeddings/lookup.h"
#include "server/embeddings/table.h"
#include "tests/fuzz/require.h"

using namespace featc;

namespace {

constexpr uint64_t kMostBytes = 1 << 20U;

void openAndLookUp(const std::string& bytes, bool copy) {
  const int file = memfd_create("table", MFD_CLOEXEC);
  require(file >= 0 && write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  Expected<std::shared_ptr<const EmbeddingTable>> table =
      EmbeddingTable::open("/proc/self/fd/" + std::to_string(file), {.copy = copy});
  close(file);
  if (!table) return require(!table.error().message.empty());
  const EmbeddingTable& is = **table;
  std::vector<uint64_t> ids;
  for (uint64_t b = 0; b < is.header().buckets; ++b)
    for (uint64_t id : is.index().buckets[b].ids) ids.insert(ids.end(), {id, id + 1});
  // Rows may be wide, and results take memory too.
  ids.resize(std::min<size_t>(ids.size(), kMostBytes / is.dim()));
  const std::vector<float> defaultRow(is.dim());
  std::vector<float> out(ids.size() * is.dim());
  LookupCounts counts;
  TableLookup(*table, Combiner::Sum, defaultRow).pool({ids, {}, {}}, {out.data(), is.dim()}, counts);
  require(counts.absent <= counts.ids);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  openAndLookUp(bytes, false);

  // The beginning of the header, then what fills rows and buckets.
  TableHeader header{};
  std::memcpy(&header, data, std::min(size, offsetof(TableHeader, fileBytes)));
  std::memcpy(header.magic, kTableMagic, sizeof kTableMagic);
  header.version = kTableVersion;
  if (header.dim > kMaxDim || header.rows > kMostBytes || header.buckets > kMostBytes ||
      tableFileBytes(header) > kMostBytes)
    return 0;
  std::string file(tableFileBytes(header), '\0');
  const std::string_view rest = std::string_view(bytes).substr(std::min(size, offsetof(TableHeader, fileBytes)));
  const size_t rows = std::min<uint64_t>(rest.size(), rowsBytes(header));
  std::memcpy(file.data() + kTablePage, rest.data(), rows);
  const size_t buckets = std::min<uint64_t>(rest.size() - rows, header.buckets * sizeof(TableBucket));
  std::memcpy(file.data() + bucketsBegin(header), rest.data() + rows, buckets);
  header.fileBytes = file.size();
  header.rowsSum = XXH3_64bits(file.data() + kTablePage, rowsBytes(header));
  header.bucketsSum = XXH3_64bits(file.data() + bucketsBegin(header), file.size() - bucketsBegin(header));
  header.headerSum = XXH3_64bits(&header, offsetof(TableHeader, headerSum));
  std::memcpy(file.data(), &header, sizeof header);
  openAndLookUp(file, true);
  return 0;
}
