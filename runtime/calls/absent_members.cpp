// SPDX-License-Identifier: Apache-2.0
// Columns of missing elements in place of absent ones.
#include "runtime/calls/absent_members.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>

namespace featc {

namespace {

constexpr uint32_t kFirstSemantics = 2;
// What may be read past the end of a padded column.
constexpr size_t kPadding = 64;

void* zeros(Arena& arena, size_t bytes) {
  void* memory = arena.allocate(bytes + kPadding);
  if (memory == nullptr) throw std::bad_alloc();
  return std::memset(memory, 0, bytes + kPadding);
}

// `rows` values of the type, all of them missing.
ColumnData allMissing(Type type, int64_t rows, Arena& arena) {
  auto count = static_cast<size_t>(rows);
  ColumnData column{.length = rows, .validity = static_cast<uint8_t*>(zeros(arena, count / 8 + 1)), .padded = true};
  if (type.isScalar() && !type.is(Kind::String)) {
    column.values = zeros(arena, count * sizeof(int64_t));
    return column;
  }
  column.offsets = zeros(arena, (count + 1) * sizeof(int32_t));
  column.values = "";
  auto child = [&](Type element) {
    void* memory = zeros(arena, sizeof(ColumnData));
    return new (memory) ColumnData(allMissing(element, 0, arena));
  };
  if (type.isList()) column.children[0] = child(type.element());
  if (type.isMap()) {
    column.children[0] = child(type.key());
    column.children[1] = child(type.value());
  }
  return column;
}

// Up to which element of its child a list column reads; nothing where it is malformed, which binding it tells.
std::optional<int64_t> elementsOf(const ColumnData& list, int64_t rows) {
  if (list.length != rows || list.offset < 0 || list.offsets == nullptr || list.children[0] == nullptr) return {};
  int64_t last = offsetAt(list, list.offset + rows);
  if (last < 0 || last > list.children[0]->length) return {};
  return last;
}

}  // namespace

std::span<const ColumnData> withAbsentMembers(const ProgramInfo& info, std::span<const StructList> lists,
                                              const Batch& batch, Arena& arena) {
  if (info.semantics < kFirstSemantics) return batch.columns;
  std::span<ColumnData> filled;
  for (const StructList& list : lists) {
    std::span<const ColumnData> members = batch.columns.subspan(list.first, list.members);
    auto there = std::ranges::find_if(members, [](const ColumnData& member) { return !member.absent; });
    if (there == members.end()) continue;
    for (size_t i = list.first; i < list.end(); ++i) {
      const InputInfo& input = info.inputs[i];
      if (!batch.columns[i].absent || !input.type.nullable()) continue;
      std::optional<int64_t> elements = elementsOf(*there, input.scope == Scope::Item ? batch.items : batch.requests);
      if (!elements) continue;
      if (filled.empty()) {
        filled = {static_cast<ColumnData*>(zeros(arena, batch.columns.size_bytes())), batch.columns.size()};
        std::ranges::copy(batch.columns, filled.begin());
      }
      filled[i] = *there;
      filled[i].children[0] =
          new (zeros(arena, sizeof(ColumnData))) ColumnData(allMissing(input.type.element(), *elements, arena));
    }
  }
  return filled.empty() ? batch.columns : filled;
}

}  // namespace featc
