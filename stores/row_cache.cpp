// SPDX-License-Identifier: Apache-2.0
// Keeps and forgets rows.
#include "stores/row_cache.h"

namespace featc {
namespace {

// What an entry costs beside its texts: list and table nodes, the shared row.
constexpr size_t kEntryBytes = 192;

size_t bytesOf(const Value& value) {
  size_t bytes = sizeof(Value);
  if (value.isString()) bytes += value.asString().capacity();
  if (value.isList())
    for (const Value& element : value.asList()) bytes += bytesOf(element);
  if (!value.isMissing() && !value.isBool() && !value.isInt() && !value.isFloat() && !value.isString() &&
      !value.isList())
    for (const auto& [key, mapped] : value.asMap()) bytes += bytesOf(key) + bytesOf(mapped);
  return bytes;
}

}  // namespace

void RowCache::Part::erase(std::list<Entry>::iterator entry) {
  bytes -= entry->bytes;
  byKey.erase(entry->key);
  entries.erase(entry);
}

std::shared_ptr<const RowCache::Row> RowCache::find(std::string_view key, Time now) {
  Part& part = partOf(key);
  std::lock_guard lock(part.mutex);
  auto at = part.byKey.find(key);
  if (at == part.byKey.end()) return nullptr;
  if (at->second->until <= now) {
    part.erase(at->second);
    return nullptr;
  }
  part.entries.splice(part.entries.begin(), part.entries, at->second);
  return at->second->row;
}

void RowCache::put(std::string_view key, Row row, Time now) {
  size_t bytes = kEntryBytes + key.size();
  for (const Value& value : row.values) bytes += bytesOf(value);
  if (bytes > bytesAPart_) return;
  auto shared = std::make_shared<const Row>(std::move(row));
  Part& part = partOf(key);
  std::lock_guard lock(part.mutex);
  if (auto at = part.byKey.find(key); at != part.byKey.end()) part.erase(at->second);
  for (; part.bytes + bytes > bytesAPart_; ++evictions_) part.erase(std::prev(part.entries.end()));
  part.entries.push_front({std::string(key), std::move(shared), bytes, now + ttl_});
  try {
    part.byKey.emplace(part.entries.front().key, part.entries.begin());
  } catch (...) {
    part.entries.pop_front();
    throw;
  }
  part.bytes += bytes;
}

size_t RowCache::bytes() const {
  size_t bytes = 0;
  for (const Part& part : parts_) {
    std::lock_guard lock(part.mutex);
    bytes += part.bytes;
  }
  return bytes;
}

}  // namespace featc
