// SPDX-License-Identifier: Apache-2.0
// Table files: what is built is found again, with any memory, and a damaged file is refused.
#include "server/embeddings/table.h"

#include <cstring>
#include <random>
#include <span>

#include "embeddings_fixture.h"
#include "server/embeddings/build/table_builder.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;

namespace {

// Rows that a test hands out, a few at a time.
class GivenRows final : public RowSource {
 public:
  GivenRows(std::string file, std::vector<uint64_t> ids, std::vector<float> numbers, uint32_t dim)
      : file_(std::move(file)), dim_(dim) {
    batch_.ids = std::move(ids);
    batch_.numbers = std::move(numbers);
    batch_.missing.resize(batch_.ids.size());
  }
  RowBatch& batch() { return batch_; }
  const std::string& file() const override { return file_; }
  uint32_t dim() const override { return dim_; }
  Expected<bool> next(RowBatch& batch) override {
    if (isRead_) return false;
    batch = batch_;
    isRead_ = true;
    return true;
  }

 private:
  std::string file_;
  RowBatch batch_;
  uint32_t dim_;
  bool isRead_ = false;
};

void checkRows(const EmbeddingTable& table, const Rows& rows) {
  REQUIRE(table.rows() == rows.size());
  for (const auto& [id, row] : rows) {
    const std::byte* found = table.find(id);
    REQUIRE(found != nullptr);
    std::vector<float> got(row.size());
    decodeRow(table.type(), found, table.dim(), got.data());
    REQUIRE(got == row);
    if (!rows.contains(id + 1)) REQUIRE(table.find(id + 1) == nullptr);
  }
}

Error addError(RowSource& source, RowType type = RowType::Float32) {
  TableBuilder builder({.type = type});
  return builder.add(source);
}

}  // namespace

TEST_CASE("a table has the rows that it was built of", "[embeddings]") {
  const EmbeddingsFolder folder;
  // Bytes for temporary files: all in memory, some spilled, parts that are parted again.
  for (uint64_t memory : {uint64_t{1} << 30U, uint64_t{1} << 20U, uint64_t{1} << 15U, uint64_t{1} << 12U}) {
    for (size_t count : {1, 2, 10, 5000}) {
      CAPTURE(memory, count);
      Rows rows = someRows(count, 6, count);
      // Ids at both ends.
      rows[0] = rows[UINT64_MAX] = {1, 2, 3, 4, 5, 6};
      buildTable(folder / "t.table", rows, RowType::BFloat16, memory);
      for (bool copy : {false, true}) checkRows(*openTable(folder / "t.table", {.copy = copy}), rows);
      checkRows(*openTable(folder / "t.table", {.checkRows = false, .copy = false}), rows);
    }
  }
  // The bytes do not depend on the memory.
  const Rows rows = someRows(4000, 3);
  buildTable(folder / "a.table", rows, RowType::Float32, uint64_t{1} << 30U);
  buildTable(folder / "b.table", rows, RowType::Float32, uint64_t{1} << 13U);
  CHECK(readBytes(folder / "a.table") == readBytes(folder / "b.table"));
}

TEST_CASE("the builder says which row is wrong", "[embeddings]") {
  const float nan = std::nanf("");
  GivenRows notFinite("a.npy", {7, 8}, {1, 2, 3, nan}, 2);
  CHECK(addError(notFinite).message == "a.npy: row 2: number 2 of the vector of id 8 is nan");
  GivenRows large("a.npy", {7, 8}, {1, 2, 3.4e38F, 0}, 2);
  CHECK(addError(large, RowType::BFloat16).message ==
        "a.npy: row 2: number 1 of the vector of id 8 is 3.4e+38, which is beyond bfloat16");
  GivenRows missing("a.npy", {7, 8}, {1, 2, 0, 0}, 2);
  missing.batch().missing[1] = 1;
  missing.batch().firstRow = 100;
  CHECK(addError(missing).message ==
        "a.npy: row 101: id 8 has no vector; leave the row out, so that the id gets the default row");

  TableBuilder widths({});
  GivenRows narrow("a.npy", {7}, {1, 2}, 2);
  GivenRows wide("b.npy", {8}, {1, 2, 3}, 3);
  REQUIRE_FALSE(widths.add(narrow));
  CHECK(widths.add(wide).message == "b.npy: row 1: vectors have 3 numbers, and those of a.npy have 2");

  const EmbeddingsFolder folder;
  TableBuilder empty({});
  GivenRows none("none.npy", {}, {}, 2);
  REQUIRE_FALSE(empty.add(none));
  CHECK(empty.finish(folder / "t.table").error().message == "none.npy: it has no rows, and a table needs at least one");
}

TEST_CASE("ids with several rows are an error, or the last one counts", "[embeddings]") {
  const EmbeddingsFolder folder;
  for (uint64_t memory : {uint64_t{1} << 30U, uint64_t{1} << 12U}) {
    for (Repeated repeated : {Repeated::Error, Repeated::TakeLast}) {
      TableBuilder builder({.repeated = repeated, .memory = memory, .temporaryFolder = folder.path()});
      std::vector<uint64_t> ids;
      std::vector<float> numbers;
      for (uint64_t i = 0; i < 1000; ++i) {
        ids.push_back(i % 990);
        numbers.push_back(static_cast<float>(i));
      }
      GivenRows first("a.npy", ids, numbers, 1);
      GivenRows second("b.npy", {5, 5, 2000}, {-1, -2, -3}, 1);
      REQUIRE_FALSE(builder.add(first));
      REQUIRE_FALSE(builder.add(second));
      const std::string path = folder / (repeated == Repeated::Error ? "none.table" : "t.table");
      Expected<BuiltTable> built = builder.finish(path);
      if (repeated == Repeated::Error) {
        CHECK(built.error().message ==
              "id 0 has two rows: row 1 of a.npy and row 991 of a.npy; 10 ids have several rows: leave one of each, "
              "or take the last with --duplicates last");
        CHECK_FALSE(std::filesystem::exists(path));
        continue;
      }
      REQUIRE(built);
      CHECK(built->rows == 991);
      CHECK(built->replaced == 12);
      const std::shared_ptr<const EmbeddingTable> table = openTable(folder / "t.table");
      auto numberOf = [&](uint64_t id) {
        float out = 0;
        decodeRow(RowType::Float32, table->find(id), 1, &out);
        return out;
      };
      CHECK(numberOf(0) == 990);
      CHECK(numberOf(5) == -2);
      CHECK(numberOf(989) == 989);
      CHECK(numberOf(2000) == -3);
    }
  }
}

TEST_CASE("a table that is cut or changed anywhere is refused", "[embeddings]") {
  const EmbeddingsFolder folder;
  buildTable(folder / "t.table", someRows(40, 3), RowType::Float32);
  const std::string bytes = readBytes(folder / "t.table");
  const std::string path = folder / "bad.table";
  auto isRefused = [&](const std::string& damaged, const TableOptions& options = {}) {
    writeBytes(path, damaged);
    Expected<std::shared_ptr<const EmbeddingTable>> table = EmbeddingTable::open(path, options);
    return !table && table.error().message.starts_with("cannot ") && table.error().place == path;
  };
  writeBytes(path, bytes);
  REQUIRE(EmbeddingTable::open(path));
  for (size_t size = 0; size < bytes.size(); size += size < 200 || size + 200 > bytes.size() ? 1 : 61) {
    CAPTURE(size);
    CHECK(isRefused(bytes.substr(0, size)));
  }
  CHECK(isRefused(bytes + '\0'));
  TableHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  for (size_t at = 0; at < bytes.size(); ++at) {
    // What fills up pages means nothing.
    const bool isPadding =
        (at >= sizeof header && at < kTablePage) || (at >= kTablePage + rowsBytes(header) && at < bucketsBegin(header));
    if (isPadding) continue;
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    CAPTURE(at);
    CHECK(isRefused(damaged));
  }
}

TEST_CASE("a table with sums that are right and sizes or buckets that are not is refused", "[embeddings]") {
  const EmbeddingsFolder folder;
  const Rows rows = someRows(40, 3);
  buildTable(folder / "t.table", rows, RowType::Float32);
  const std::string bytes = readBytes(folder / "t.table");
  const std::string path = folder / "bad.table";
  std::mt19937_64 random(2);
  size_t refused = 0;
  // Numbers of the header and of buckets are replaced, and the sums made anew.
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = bytes;
    TableHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    const uint64_t begin = bucketsBegin(header);
    const uint64_t odd[] = {0, 1, 7, 8, 255, 1U << 20U, UINT32_MAX, uint64_t{1} << 34U, uint64_t{1} << 61U, UINT64_MAX};
    const uint64_t value = random() % 2 == 0 ? odd[random() % std::size(odd)] : random();
    const uint64_t bucket = random() % header.buckets;
    if (round % 3 == 0) {
      uint64_t* const fields[] = {&header.rows, &header.homes, &header.buckets, &header.fileBytes};
      *fields[random() % std::size(fields)] = value;
    } else if (round % 3 == 1) {
      (random() % 2 == 0 ? header.dim : header.type) = static_cast<uint32_t>(value);
    } else {
      std::memcpy(damaged.data() + begin + bucket * sizeof(TableBucket) + offsetof(TableBucket, word), &value,
                  sizeof value);
    }
    resealTable(damaged, header, begin);
    writeBytes(path, damaged);
    Expected<std::shared_ptr<const EmbeddingTable>> table =
        EmbeddingTable::open(path, {.checkRows = false, .copy = round % 2 == 0});
    if (!table) {
      ++refused;
      continue;
    }
    // What is taken may lack rows, but leads nowhere else.
    for (const auto& [id, row] : rows) {
      const std::byte* found = (*table)->find(id);
      if (found == nullptr) continue;
      std::vector<float> got((*table)->dim());
      decodeRow((*table)->type(), found, (*table)->dim(), got.data());
    }
  }
  CHECK(refused > 2500);
}

TEST_CASE("tables hold no more than their budget", "[embeddings]") {
  const EmbeddingsFolder folder;
  buildTable(folder / "t.table", someRows(40, 3), RowType::Float32);
  const uint64_t bytes = std::filesystem::file_size(folder / "t.table");
  auto budget = std::make_shared<MemoryBudget>(2 * bytes);
  std::shared_ptr<const EmbeddingTable> first = openTable(folder / "t.table", {.budget = budget});
  const std::shared_ptr<const EmbeddingTable> second = openTable(folder / "t.table", {.budget = budget});
  Expected<std::shared_ptr<const EmbeddingTable>> third = EmbeddingTable::open(folder / "t.table", {.budget = budget});
  REQUIRE_FALSE(third);
  CHECK(third.error().code == ErrorCode::NoMemory);
  first.reset();
  CHECK(budget->held() == bytes);
  CHECK(EmbeddingTable::open(folder / "t.table", {.budget = budget}));
}
