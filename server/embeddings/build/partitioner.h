// SPDX-License-Identifier: Apache-2.0
// Sorts more records than there is memory for, by the hashes of their ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/embeddings/build/temporary_file.h"
#include "support/error.h"

namespace featc {

// A record: its id and its place, both uint64, then its payload. Records are put into 256 parts by eight bits of the
// hash; what has no room in memory goes to a temporary file. Later each part is sorted in memory; one that is too large
// is parted again, by the next eight bits.
class Partitioner {
 public:
  static constexpr size_t kHeadBytes = 2 * sizeof(uint64_t);

  // At most about `memory` bytes are held. `depth`: how many times eight bits of the hash all records have in common.
  Partitioner(size_t recordBytes, uint64_t memory, std::string temporaryFolder, uint32_t depth = 0);

  // `payload` has recordBytes - kHeadBytes bytes.
  Error add(uint64_t id, uint64_t place, const std::byte* payload);
  uint64_t size() const { return count_; }

  struct Record {
    uint64_t hash;
    uint64_t place;
    uint64_t id;
    const std::byte* payload;
  };
  // Hands out all records, ascending by hash, those of an id by place, and forgets them.
  Error eachSorted(const std::function<Error(const Record& record)>& take);

 private:
  static constexpr size_t kParts = 256;
  // Of a chunk in the temporary file.
  struct Chunk {
    uint64_t at;
    size_t bytes;
  };
  struct Part {
    std::vector<std::byte> memory;
    std::vector<Chunk> chunks;
    uint64_t bytes = 0;
  };

  Error addRecord(uint64_t hash, std::span<const std::byte> record);
  Error spill();
  // Calls `take` with pieces of a part, each of whole records.
  Error eachPiece(const Part& part, const std::function<Error(std::span<const std::byte>)>& take) const;
  Error sortPart(Part& part, const std::function<Error(const Record&)>& take);
  Error splitPart(Part& part, const std::function<Error(const Record&)>& take);

  size_t recordBytes_;
  uint64_t memory_;
  std::string folder_;
  uint32_t depth_;
  uint64_t count_ = 0;
  uint64_t held_ = 0;  // bytes in memory
  std::vector<Part> parts_;
  std::vector<std::byte> record_;
  std::unique_ptr<TemporaryFile> file_;
};

}  // namespace featc
