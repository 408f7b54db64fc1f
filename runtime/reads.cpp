// SPDX-License-Identifier: Apache-2.0
// The reads of a call: keys collected from all rows, each distinct one fetched once, values scattered
// back to the rows.
#include "runtime/reads.h"

#include <algorithm>
#include <cstring>

namespace featc {

namespace {

constexpr size_t kFirstSlots = 64;

// The rows of a read step, with their keys.
class KeyRows {
 public:
  KeyRows(const ReadStep& step, const ProgramLayout& layout, const CallFrame& call)
      : step_(step), layout_(layout), call_(call) {}

  int64_t rows() const {
    switch (step_.scope) {
      case Scope::Constant: return 1;
      case Scope::Request: return call_.requests;
      case Scope::Item: break;
    }
    return call_.items;
  }

  // How many keys a row has: one, or of an aligned read as many as its longest list has elements.
  // None where a key is missing altogether; `present` says so.
  uint64_t length(int64_t row, bool& present) const {
    uint64_t length = step_.aligned ? 0 : 1;
    present = true;
    for (uint32_t index : step_.keyColumns) {
      uint64_t r = rowOf(index, row);
      if (!call_.columns[index].present(r)) {
        present = false;
        return 0;
      }
      // Every list cell starts with the same three words.
      if (isList(index)) length = std::max(length, call_.columns[index].get<List<int64_t>>(r).size);
    }
    return length;
  }

  // Appends key field `field` of element `k` of a row whose keys are all there.
  bool append(uint32_t field, int64_t row, uint64_t k, std::string& text) const {
    uint32_t index = step_.keyColumns[field];
    const ColumnRef& column = call_.columns[index];
    uint64_t r = rowOf(index, row);
    Type type = layout_.columns[index].type;
    return withScalarCell(isList(index) ? type.element() : type, [&]<class T>() {
      if (!isList(index)) return appendKeyPart(text, column.get<T>(r));
      auto list = column.get<List<T>>(r);
      return k < list.size && list.present(k) && appendKeyPart(text, list.data[k]);
    });
  }

 private:
  bool isList(uint32_t column) const { return layout_.columns[column].type.isList(); }
  uint64_t rowOf(uint32_t column, int64_t row) const {
    Scope scope = layout_.columns[column].scope;
    if (scope == Scope::Constant) return 0;
    if (scope == Scope::Request && step_.scope == Scope::Item) return static_cast<uint64_t>(call_.requestOfItem[row]);
    return static_cast<uint64_t>(row);
  }

  const ReadStep& step_;
  const ProgramLayout& layout_;
  const CallFrame& call_;
};

// Copies what one key's answer holds in one field.
class FieldReader {
 public:
  FieldReader(const ColumnRef& column, Type type) : column_(column), type_(type), size_(cellSize(type)) {}

  bool present(uint32_t key) const { return key != KeySet::kNoKey && column_.present(key); }
  uint32_t size() const { return size_; }

  void toRow(uint32_t key, const ColumnRef& out, uint64_t row) const {
    setBit(out.valid, row, true);
    if (type_.is(Kind::Bool))
      setBit(static_cast<uint8_t*>(out.data), row, column_.get<bool>(key));
    else
      copyCell(key, static_cast<char*>(out.data) + row * size_);
  }
  void toElement(uint32_t key, char* out) const {
    bool value = type_.is(Kind::Bool) && column_.get<bool>(key);
    if (type_.is(Kind::Bool))
      std::memcpy(out, &value, sizeof value);
    else
      copyCell(key, out);
  }

 private:
  void copyCell(uint32_t key, char* out) const {
    uint64_t row = column_.uniform ? 0 : key;
    std::memcpy(out, static_cast<const char*>(column_.data) + row * size_, size_);
  }

  ColumnRef column_;
  Type type_;
  uint32_t size_;
};

// One field of one step: from the keys' answers to the rows' column. `keys` is of the first row's
// first element.
void scatter(const FieldReader& from, const KeyRows& rows, bool aligned, const uint32_t* keys, const ColumnRef& out,
             Arena& arena) {
  for (int64_t row = 0; row < rows.rows(); ++row) {
    bool present = false;
    uint64_t length = rows.length(row, present);
    if (!present) continue;
    auto outRow = static_cast<uint64_t>(row);
    if (!aligned) {
      if (from.present(*keys)) from.toRow(*keys, out, outRow);
      ++keys;
      continue;
    }
    auto* cells = static_cast<char*>(arena.allocate(length * from.size()));
    auto* valid = arena.allocate<uint8_t>(length);
    for (uint64_t k = 0; k < length; ++k, ++keys) {
      valid[k] = from.present(*keys) ? 1 : 0;
      char* cell = cells + k * from.size();
      if (valid[k] != 0)
        from.toElement(*keys, cell);
      else
        std::memset(cell, 0, from.size());
    }
    // Every list cell starts with the same three words.
    struct {
      const void* data;
      const uint8_t* valid;
      uint64_t size;
    } list{cells, valid, length};
    static_assert(sizeof list == sizeof(List<int64_t>));
    std::memcpy(static_cast<char*>(out.data) + outRow * sizeof list, &list, sizeof list);
    setBit(out.valid, outRow, true);
  }
}

}  // namespace

std::vector<ReadGroup> makeReadGroups(const ProgramLayout& layout, const std::vector<SourceInfo>& sources,
                                      const std::function<Store*(const SourceInfo&)>& storeOf) {
  std::vector<ReadGroup> groups;
  for (const ReadStep& step : layout.reads) {
    const SourceInfo& source = sources[step.source];
    auto group =
        std::ranges::find_if(groups, [&](const ReadGroup& g) { return g.source == &source && g.phase == step.phase; });
    if (group == groups.end()) {
      groups.push_back({&source, storeOf(source), KeyPattern(source), step.phase, step.neededBy, step.scope, {}, {}});
      group = groups.end() - 1;
    }
    group->neededBy = std::min(group->neededBy, step.neededBy);
    group->scope = std::max(group->scope, step.scope);
    ReadGroup::Member member{&step, {}};
    for (const FieldRead& field : step.fields) {
      auto at = std::ranges::find(group->fields, field.field);
      member.fetched.push_back(static_cast<uint32_t>(at - group->fields.begin()));
      if (at == group->fields.end()) group->fields.push_back(field.field);
    }
    group->members.push_back(std::move(member));
  }
  return groups;
}

// -- Distinct keys ------------------------------------------------------------------------------------

void KeySet::clear() {
  count_ = 0;
  hashes_.clear();
  std::ranges::fill(slots_, 0U);
}

uint32_t KeySet::intern() {
  if (2 * (count_ + 1) > slots_.size()) grow();
  const std::string& text = keys_[count_];
  uint64_t hash = hashBytes(HashFamily::Xxh3, text);
  size_t mask = slots_.size() - 1;
  size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    uint32_t number = slots_[slot] - 1;
    if (hashes_[number] == hash && keys_[number] == text) return number;
  }
  hashes_.push_back(hash);
  slots_[slot] = static_cast<uint32_t>(++count_);
  return slots_[slot] - 1;
}

void KeySet::grow() {
  slots_.assign(std::max(kFirstSlots, 2 * slots_.size()), 0);
  size_t mask = slots_.size() - 1;
  for (size_t number = 0; number < count_; ++number) {
    size_t slot = hashes_[number] & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(number + 1);
  }
}

// -- One call's reads -----------------------------------------------------------------------------------

void CallReads::send(size_t index, const ReadGroup& group, const ProgramLayout& layout, const CallFrame& call) {
  State& state = states_[index];
  state.keys.clear();
  state.keyOfElement.clear();
  for (const ReadGroup::Member& member : group.members) {
    KeyRows rows(*member.step, layout, call);
    for (int64_t row = 0; row < rows.rows(); ++row) {
      bool present = false;
      uint64_t length = rows.length(row, present);
      for (uint64_t k = 0; k < length; ++k) {
        state.keyOfElement.push_back(state.keys.add([&](std::string& text) {
          return group.pattern.render(text,
                                      [&](uint32_t field, std::string& t) { return rows.append(field, row, k, t); });
        }));
      }
    }
  }
  if (group.store == nullptr || state.keys.keys().empty()) return;
  state.done = false;
  state.sent = true;
  group.store->fetch({group.source, state.keys.keys(), group.fields}, [&state](FetchResult result) {
    std::lock_guard lock(state.mutex);
    state.result = std::move(result);
    state.done = true;
    // Under the lock: the state may be gone as soon as the waiting thread sees `done`.
    state.arrived.notify_one();
  });
}

void CallReads::receive(size_t index, const ReadGroup& group, const ProgramLayout& layout, CallFrame& call,
                        Arena& arena, ReadCounts& counts) {
  State& state = states_[index];
  wait(state);
  FetchResult& result = state.result;
  size_t keys = state.keys.keys().size();
  counts.keys += keys;
  counts.badFields += result.badFields;
  bool answered = result.status.size() == keys && result.columns.size() == group.fields.size();
  if (!answered) {
    // No store is bound, or it failed as a whole.
    (group.store == nullptr ? counts.absent : counts.failed) += keys;
  } else {
    counts.absent += static_cast<uint64_t>(std::ranges::count(result.status, KeyStatus::Absent));
    counts.failed += static_cast<uint64_t>(std::ranges::count_if(
        result.status, [](KeyStatus s) { return s == KeyStatus::Failed || s == KeyStatus::TimedOut; }));
  }
  // Rows of keys that were not found are missing whatever the store left in their cells.
  for (uint32_t& key : state.keyOfElement)
    if (!answered || (key != KeySet::kNoKey && result.status[key] != KeyStatus::Found)) key = KeySet::kNoKey;

  const uint32_t* keyOf = state.keyOfElement.data();
  for (const ReadGroup::Member& member : group.members) {
    KeyRows rows(*member.step, layout, call);
    for (size_t f = 0; f < member.step->fields.size(); ++f) {
      const FieldRead& read = member.step->fields[f];
      ColumnRef fetched = answered ? result.columns[member.fetched[f]] : ColumnRef();
      FieldReader from(fetched, group.source->fields[read.field].type);
      scatter(from, rows, member.step->aligned, keyOf, call.columns[read.column], arena);
    }
    for (int64_t row = 0; row < rows.rows(); ++row) {
      bool present = false;
      keyOf += rows.length(row, present);
    }
  }
}

void CallReads::wait(State& state) {
  if (!state.sent) return;
  std::unique_lock lock(state.mutex);
  state.arrived.wait(lock, [&] { return state.done; });
  state.sent = false;
}

void CallReads::finish() {
  for (State& state : states_) {
    wait(state);
    state.result = {};
  }
}

}  // namespace featc
