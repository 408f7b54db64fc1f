// SPDX-License-Identifier: Apache-2.0
// The pages of an LMDB file, read without believing any of them: LMDB itself follows a damaged one out of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "support/error.h"

namespace featc {

// A file as it is in memory, for reading only.
class LmdbMapping {
 public:
  // Null where it cannot be mapped, or is empty.
  static std::shared_ptr<const LmdbMapping> make(int file, size_t bytes);
  ~LmdbMapping();
  LmdbMapping(const LmdbMapping&) = delete;
  LmdbMapping& operator=(const LmdbMapping&) = delete;
  std::string_view bytes() const { return {data_, size_}; }

 private:
  LmdbMapping(const char* data, size_t size) : data_(data), size_(size) {}
  const char* data_;
  size_t size_;
};

// One of the file's two meta pages: what it was at one moment.
struct LmdbMeta {
  uint64_t transaction = 0;
  uint64_t lastPage = 0;
  uint64_t mainRoot = 0;  // of the tree that has the tables' own roots
  bool operator==(const LmdbMeta&) const = default;
};

class LmdbPages {
 public:
  // Fails with BadStore where the file is none of LMDB's, or none that this version reads.
  static Expected<LmdbPages> of(std::string_view file);

  size_t pageBytes() const { return pageBytes_; }
  // Of the meta page that a transaction of this number looks at; nothing where it is of another one.
  std::optional<LmdbMeta> metaOf(uint64_t transaction) const;
  LmdbMeta newestMeta() const;

  enum class Found : uint8_t { Yes, No, Damaged };
  // A named table's root in the main tree.
  Found table(uint64_t mainRoot, std::string_view name, uint64_t& root) const;
  // `value` points into the file.
  Found find(uint64_t root, std::string_view key, std::string_view& value) const;

  // Whether the file ends before the last page that it speaks of. That is a whole file all the same where only unused
  // pages are missing, as LMDB itself may leave them: then all pages of all tables are looked at.
  bool isCutShort(const LmdbMeta& meta) const;

 private:
  explicit LmdbPages(std::string_view file) : file_(file) {}
  // Whether the file has all pages of the main tree and of the tables in it.
  bool isWhole(uint64_t mainRoot) const;
  struct Node {
    std::string_view key;
    uint64_t child = 0;  // of a branch page
    uint32_t size = 0;   // of a leaf's value
    uint16_t flags = 0;
    std::string_view rest;  // of the page, from the value on
  };
  struct Page {
    std::string_view bytes;
    bool isBranch = false;
    uint32_t nodes = 0;
  };
  std::optional<std::string_view> bytesOf(uint64_t page, uint64_t bytes) const;
  std::optional<Page> page(uint64_t number) const;
  std::optional<Node> node(const Page& page, uint32_t index) const;
  std::optional<std::string_view> valueOf(const Node& node) const;
  LmdbMeta meta(size_t number) const;
  // The leaf's node with the key; `found` says whether there is one.
  std::optional<Node> search(uint64_t root, std::string_view key, Found& found) const;
  // False where a page is missing or damaged, more than `pages` are visited, or the tree is too deep.
  bool eachLeafNode(uint64_t root, uint64_t& pages, const std::function<bool(const Node&)>& visit,
                    uint32_t depth = 0) const;

  std::string_view file_;
  size_t pageBytes_ = 0;
};

}  // namespace featc
