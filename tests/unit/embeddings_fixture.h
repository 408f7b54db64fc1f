// SPDX-License-Identifier: Apache-2.0
// Tables of embeddings made for tests, and what lookups in them should give by a computation of its own.
#pragma once

#include <unistd.h>
#include <xxhash.h>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "server/embeddings/build/table_builder.h"
#include "server/embeddings/table.h"
#include "tests/common/catch.h"

namespace featc::test {

using Rows = std::map<uint64_t, std::vector<float>>;

// A folder of its own that is gone after the test.
class EmbeddingsFolder {
 public:
  EmbeddingsFolder() {
    static int count = 0;
    path_ =
        std::filesystem::temp_directory_path() / ("featc-emb-" + std::to_string(getpid()) + std::to_string(++count));
    std::filesystem::create_directories(path_);
  }
  ~EmbeddingsFolder() { std::filesystem::remove_all(path_); }
  EmbeddingsFolder(const EmbeddingsFolder&) = delete;
  EmbeddingsFolder& operator=(const EmbeddingsFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Numbers that bfloat16 holds.
inline Rows someRows(size_t count, uint32_t dim, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Rows rows;
  while (rows.size() < count) {
    std::vector<float> row(dim);
    for (float& x : row) x = static_cast<float>(static_cast<int>(random() % 255) - 127) / 64;
    // Ids of a few slots with small payloads, which differ in few bits.
    rows[(random() % 3 + 1) << 44U | random() % (4 * count + 1)] = row;
  }
  return rows;
}

inline void buildTable(const std::string& path, const Rows& rows, RowType type, uint64_t memory = uint64_t{1} << 26U) {
  TableBuilder builder({.type = type, .memory = memory, .temporaryFolder = std::filesystem::path(path).parent_path()});
  for (const auto& [id, row] : rows) {
    std::vector<std::byte> bytes(rowBytes(type, static_cast<uint32_t>(row.size())));
    encodeRow(type, row.data(), static_cast<uint32_t>(row.size()), bytes.data());
    REQUIRE_FALSE(builder.addRow(id, bytes.data(), static_cast<uint32_t>(row.size())));
  }
  Expected<BuiltTable> built = builder.finish(path);
  CAPTURE(built.error().message);
  REQUIRE(built);
  REQUIRE(built->rows == rows.size());
}

inline std::shared_ptr<const EmbeddingTable> openTable(const std::string& path, const TableOptions& options = {}) {
  Expected<std::shared_ptr<const EmbeddingTable>> table = EmbeddingTable::open(path, options);
  CAPTURE(table.error().message);
  REQUIRE(table);
  return *table;
}

// Puts the header into a file's bytes, of which the buckets begin at `buckets`, and makes the sums of both right.
inline void resealTable(std::string& bytes, TableHeader header, uint64_t buckets) {
  header.bucketsSum = XXH3_64bits(bytes.data() + buckets, bytes.size() - buckets);
  header.headerSum = XXH3_64bits(&header, offsetof(TableHeader, headerSum));
  std::memcpy(bytes.data(), &header, sizeof header);
}

inline std::string readBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void writeBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace featc::test
