// SPDX-License-Identifier: Apache-2.0
// Reads LMDB's format, version 1, of 64-bit little-endian machines (mdb.c: MDB_page, MDB_node, MDB_db, MDB_meta).
#include "stores/lmdb_pages.h"

#include <sys/mman.h>

#include <atomic>
#include <bit>
#include <cstring>
#include <memory>

namespace featc {
namespace {

constexpr uint32_t kMagic = 0xBEEFC0DE;
constexpr uint32_t kVersion = 1;
constexpr uint64_t kNoPage = UINT64_MAX;
// Of a tree of more pages than there can be; a damaged one may go in circles.
constexpr uint32_t kMostDepth = 40;

// Where things stand in a page, ...
constexpr size_t kPageFlags = 10;
constexpr size_t kPageLower = 12;  // or, of an overflow page, how many pages
constexpr size_t kPageHeader = 16;
enum PageFlag : uint16_t { kBranch = 1, kLeaf = 2, kOverflow = 4, kMeta = 8 };
// ... in a node, ...
constexpr size_t kNodeFlags = 4;
constexpr size_t kNodeKeySize = 6;
constexpr size_t kNodeHeader = 8;
enum NodeFlag : uint16_t { kBigData = 1, kSubTree = 2 };
// ... in the record of a tree, ...
constexpr size_t kTreeRoot = 40;
constexpr size_t kTreeBytes = 48;
// ... and in a meta page behind its header: magic, version, address, map size, the trees of free pages and of tables.
constexpr size_t kMetaFreeTree = kPageHeader + 24;
constexpr size_t kMetaMainTree = kMetaFreeTree + kTreeBytes;
constexpr size_t kMetaLastPage = kMetaMainTree + kTreeBytes;
constexpr size_t kMetaTransaction = kMetaLastPage + 8;
constexpr size_t kMetaBytes = kMetaTransaction + 8;

constexpr size_t kLeastPage = 512;
constexpr size_t kMostPage = 32768;

// The caller has looked that it is there.
template <class T>
T load(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

std::shared_ptr<const LmdbMapping> LmdbMapping::make(int file, size_t bytes) {
  void* data = bytes == 0 ? MAP_FAILED : mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
  if (data == MAP_FAILED) return nullptr;
  return std::shared_ptr<const LmdbMapping>(new LmdbMapping(static_cast<const char*>(data), bytes));
}

LmdbMapping::~LmdbMapping() { munmap(const_cast<char*>(data_), size_); }  // NOLINT: it was never written to

Expected<LmdbPages> LmdbPages::of(std::string_view file) {
  auto foreign = [] { return Error("it is not an LMDB file of a 64-bit machine", ErrorCode::BadStore); };
  if (file.size() < kMetaBytes || load<uint32_t>(file, kPageHeader) != kMagic) return foreign();
  auto bytes = load<uint32_t>(file, kMetaFreeTree);
  if (!std::has_single_bit(bytes) || bytes < kLeastPage || bytes > kMostPage) return foreign();
  if (file.size() < size_t{2} * bytes) return Error("it is cut short", ErrorCode::BadStore);
  LmdbPages pages(file);
  pages.pageBytes_ = bytes;
  for (size_t i = 0; i < 2; ++i) {
    std::string_view page = file.substr(i * bytes, bytes);
    if ((load<uint16_t>(page, kPageFlags) & kMeta) == 0 || load<uint32_t>(page, kPageHeader) != kMagic ||
        load<uint32_t>(page, kPageHeader + 4) != kVersion || load<uint32_t>(page, kMetaFreeTree) != bytes)
      return foreign();
  }
  return pages;
}

LmdbMeta LmdbPages::meta(size_t number) const {
  std::string_view page = file_.substr(number * pageBytes_, pageBytes_);
  return {load<uint64_t>(page, kMetaTransaction), load<uint64_t>(page, kMetaLastPage),
          load<uint64_t>(page, kMetaMainTree + kTreeRoot)};
}

std::optional<LmdbMeta> LmdbPages::metaOf(uint64_t transaction) const {
  LmdbMeta first = meta(transaction % 2);
  // A transaction that commits meanwhile, in this process or another, writes the page anew.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  LmdbMeta second = meta(transaction % 2);
  if (first != second || first.transaction != transaction) return std::nullopt;
  return first;
}

LmdbMeta LmdbPages::newestMeta() const { return meta(meta(0).transaction < meta(1).transaction ? 1 : 0); }

bool LmdbPages::isCutShort(const LmdbMeta& meta) const {
  return meta.lastPage >= file_.size() / pageBytes_ && !isWhole(meta.mainRoot);
}

std::optional<std::string_view> LmdbPages::bytesOf(uint64_t page, uint64_t bytes) const {
  uint64_t pages = file_.size() / pageBytes_;
  if (page >= pages || bytes > (pages - page) * pageBytes_) return std::nullopt;
  return file_.substr(page * pageBytes_, bytes);
}

std::optional<LmdbPages::Page> LmdbPages::page(uint64_t number) const {
  std::optional<std::string_view> bytes = bytesOf(number, pageBytes_);
  if (!bytes || load<uint64_t>(*bytes, 0) != number) return std::nullopt;
  auto flags = load<uint16_t>(*bytes, kPageFlags);
  size_t lower = load<uint16_t>(*bytes, kPageLower);
  bool isTree = flags == kBranch || flags == kLeaf;
  if (!isTree || lower < kPageHeader || lower > pageBytes_) return std::nullopt;
  return Page{*bytes, flags == kBranch, static_cast<uint32_t>((lower - kPageHeader) / 2)};
}

std::optional<LmdbPages::Node> LmdbPages::node(const Page& page, uint32_t index) const {
  size_t at = load<uint16_t>(page.bytes, kPageHeader + size_t{2} * index);
  if (at + kNodeHeader > pageBytes_) return std::nullopt;
  std::string_view bytes = page.bytes.substr(at);
  uint32_t low = load<uint16_t>(bytes, 0) | uint32_t{load<uint16_t>(bytes, 2)} << 16U;
  auto flags = load<uint16_t>(bytes, kNodeFlags);
  size_t keySize = load<uint16_t>(bytes, kNodeKeySize);
  if (kNodeHeader + keySize > bytes.size()) return std::nullopt;
  return Node{bytes.substr(kNodeHeader, keySize), low | uint64_t{flags} << 32U, low, flags,
              bytes.substr(kNodeHeader + keySize)};
}

std::optional<std::string_view> LmdbPages::valueOf(const Node& node) const {
  if ((node.flags & kBigData) == 0) {
    if (node.size > node.rest.size()) return std::nullopt;
    return node.rest.substr(0, node.size);
  }
  if (node.rest.size() < sizeof(uint64_t)) return std::nullopt;
  auto first = load<uint64_t>(node.rest, 0);
  std::optional<std::string_view> header = bytesOf(first, kPageHeader);
  if (!header || load<uint64_t>(*header, 0) != first || load<uint16_t>(*header, kPageFlags) != kOverflow)
    return std::nullopt;
  uint64_t bytes = kPageHeader + uint64_t{node.size};
  if (bytes > uint64_t{load<uint32_t>(*header, kPageLower)} * pageBytes_) return std::nullopt;
  std::optional<std::string_view> all = bytesOf(first, bytes);
  if (!all) return std::nullopt;
  return all->substr(kPageHeader);
}

std::optional<LmdbPages::Node> LmdbPages::search(uint64_t root, std::string_view key, Found& found) const {
  found = root == kNoPage ? Found::No : Found::Damaged;
  for (uint32_t depth = 0; found == Found::Damaged && depth < kMostDepth; ++depth) {
    std::optional<Page> at = page(root);
    if (!at || (at->isBranch && at->nodes == 0)) return std::nullopt;
    // The first node whose key is not below the wanted one; a branch's first key stands for all that are lower.
    uint32_t low = at->isBranch ? 1 : 0;
    uint32_t high = at->nodes;
    bool isSame = false;
    while (low < high) {
      uint32_t middle = (low + high) / 2;
      std::optional<Node> tried = node(*at, middle);
      if (!tried) return std::nullopt;
      int order = tried->key.compare(key);
      isSame = isSame || order == 0;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
    if (at->isBranch) {
      std::optional<Node> below = node(*at, isSame ? low : low - 1);
      if (!below) return std::nullopt;
      root = below->child;
      continue;
    }
    found = Found::No;
    std::optional<Node> leaf = low < at->nodes ? node(*at, low) : std::nullopt;
    if (!leaf || leaf->key != key) return std::nullopt;
    found = Found::Yes;
    return leaf;
  }
  return std::nullopt;
}

LmdbPages::Found LmdbPages::find(uint64_t root, std::string_view key, std::string_view& value) const {
  Found found = Found::No;
  std::optional<Node> leaf = search(root, key, found);
  if (!leaf) return found;
  std::optional<std::string_view> bytes = valueOf(*leaf);
  if (!bytes) return Found::Damaged;
  value = *bytes;
  return Found::Yes;
}

LmdbPages::Found LmdbPages::table(uint64_t mainRoot, std::string_view name, uint64_t& root) const {
  Found found = Found::No;
  std::optional<Node> leaf = search(mainRoot, name, found);
  if (!leaf) return found;
  if (leaf->flags != kSubTree || leaf->size != kTreeBytes || leaf->rest.size() < kTreeBytes) return Found::Damaged;
  root = load<uint64_t>(leaf->rest, kTreeRoot);
  return Found::Yes;
}

bool LmdbPages::eachLeafNode(uint64_t root, uint64_t& pages, const std::function<bool(const Node&)>& visit,
                             uint32_t depth) const {
  if (root == kNoPage) return true;
  std::optional<Page> at = pages > 0 && depth < kMostDepth ? page(root) : std::nullopt;
  if (!at) return false;
  --pages;
  for (uint32_t i = 0; i < at->nodes; ++i) {
    std::optional<Node> next = node(*at, i);
    if (!next || !(at->isBranch ? eachLeafNode(next->child, pages, visit, depth + 1) : visit(*next))) return false;
  }
  return true;
}

bool LmdbPages::isWhole(uint64_t mainRoot) const {
  // No page belongs to a tree twice.
  uint64_t pages = file_.size() / pageBytes_;
  auto hasValue = [&](const Node& node) { return valueOf(node).has_value(); };
  return eachLeafNode(mainRoot, pages, [&](const Node& node) {
    if (node.flags != kSubTree || node.rest.size() < kTreeBytes) return hasValue(node);
    return eachLeafNode(load<uint64_t>(node.rest, kTreeRoot), pages, hasValue);
  });
}

}  // namespace featc
