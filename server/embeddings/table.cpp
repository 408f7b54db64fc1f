// SPDX-License-Identifier: Apache-2.0
// Opens a table file and checks all that a lookup relies on, so that no file can lead one astray.
#include "server/embeddings/table.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <xxhash.h>

#include <cstring>

#include "server/embeddings/mapped_file.h"
#include "server/embeddings/table_loops.h"

namespace featc {

namespace {

// What the header says, against the file's size; empty: fine.
std::string headerProblem(const TableHeader& header, uint64_t fileBytes) {
  if (std::memcmp(header.magic, kTableMagic, sizeof kTableMagic) != 0) return "it is not a table of embeddings";
  if (header.version != kTableVersion)
    return fmt::format("it has version {} of the format, and this featc reads version {}: build the table again",
                       header.version, kTableVersion);
  if (header.headerSum != XXH3_64bits(&header, offsetof(TableHeader, headerSum)))
    return "its header is damaged: build or copy the table again";
  if (header.type > static_cast<uint32_t>(RowType::BFloat16) || header.dim == 0 || header.dim > kMaxDim ||
      header.rows > kMaxTableRows || header.homes == 0 || header.homes > UINT32_MAX || header.buckets < header.homes ||
      header.buckets > header.homes + header.rows)
    return "its header has sizes that no table has";
  if (tableFileBytes(header) != header.fileBytes) return "its header has sizes that do not fit together";
  if (fileBytes != header.fileBytes)
    return fmt::format("it has {} bytes and should have {}: copy it again", fileBytes, header.fileBytes);
  return {};
}

// Buckets whose rows follow each other and are all there, the last of which nothing passed.
bool areBucketsSound(const TableBucket* buckets, uint64_t count, uint64_t rows) {
  uint64_t row = 0;
  for (uint64_t i = 0; i < count; ++i) {
    if (buckets[i].firstRow() != row || (buckets[i].word & 0xF0U) != 0) return false;
    row += buckets[i].count();
  }
  return row == rows && !buckets[count - 1].isPassed();
}

class TableFile final : public EmbeddingTable {
 public:
  TableFile(std::shared_ptr<const MappedFile> file, const TableHeader& header, MemoryShare share)
      : file_(std::move(file)), share_(std::move(share)) {
    header_ = header;
    const std::byte* bytes = file_->bytes().data();
    index_ = {reinterpret_cast<const TableBucket*>(bytes + bucketsBegin(header)), bytes + kTablePage, header.homes,
              rowBytes(static_cast<RowType>(header.type), header.dim)};
  }

 private:
  std::shared_ptr<const MappedFile> file_;
  MemoryShare share_;
};

}  // namespace

Expected<std::shared_ptr<const EmbeddingTable>> EmbeddingTable::open(const std::string& path,
                                                                     const TableOptions& options) {
  MemoryShare share(options.budget);
  auto admit = [&](uint64_t size) -> Error {
    if (share.take(size)) return {};
    return {fmt::format("{} needs {} bytes of memory, and tables may hold {}, of which {} are taken", path, size,
                        options.budget->limit(), options.budget->held()),
            ErrorCode::NoMemory, path};
  };
  Expected<std::shared_ptr<const MappedFile>> file = MappedFile::open(path, options.copy, admit);
  if (!file) return file.error();
  const std::span<const std::byte> bytes = (*file)->bytes();
  auto damaged = [&](const std::string& why) {
    return Error(fmt::format("cannot use {}: {}", path, why), ErrorCode::BadModel, path);
  };

  if (bytes.size() < kTablePage) return damaged("it is not a table of embeddings, or not a complete one");
  TableHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::string problem = headerProblem(header, bytes.size()); !problem.empty()) return damaged(problem);
  if (!options.copy && options.checkRows)
    madvise(const_cast<std::byte*>(bytes.data()), bytes.size(), MADV_WILLNEED);  // NOLINT: it is only read
  const std::byte* buckets = bytes.data() + bucketsBegin(header);
  if (XXH3_64bits(buckets, header.buckets * sizeof(TableBucket)) != header.bucketsSum ||
      !areBucketsSound(reinterpret_cast<const TableBucket*>(buckets), header.buckets, header.rows))
    return damaged("its index is damaged: build or copy the table again");
  if (options.checkRows && XXH3_64bits(bytes.data() + kTablePage, rowsBytes(header)) != header.rowsSum)
    return damaged("its rows are damaged: build or copy the table again");
  if (!options.copy) madvise(const_cast<std::byte*>(bytes.data()), bytes.size(), MADV_RANDOM);  // NOLINT
  return std::shared_ptr<const EmbeddingTable>(std::make_shared<TableFile>(*std::move(file), header, std::move(share)));
}

const std::byte* EmbeddingTable::find(uint64_t id) const {
  const auto home = static_cast<uint32_t>(homeOf(tableHash(id), index_.homes));
  const std::byte* row = nullptr;
  tableLoops().find(index_, &id, &home, &row, 1);
  return row;
}

}  // namespace featc
