// SPDX-License-Identifier: Apache-2.0
// Calls functions of plug-ins: columns in, rows that are ready over the C interface, columns out.
#include "ops/extern_kernel.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace featc {

namespace {

static_assert(sizeof(featc_string) == sizeof(Str) && offsetof(featc_string, size) == offsetof(Str, size));
static_assert(sizeof(featc_list) == sizeof(List<double>) &&
              offsetof(featc_list, valid) == offsetof(List<double>, valid) &&
              offsetof(featc_list, size) == offsetof(List<double>, size));

const ExternState& stateOf(const Context& context) { return static_cast<const ExternState&>(*context.state); }

// One call of a plug-in: entries that are computed together, and the row that each belongs to.
class Call {
 public:
  // Room for up to `entries` of them; false when there is no memory, the rows have failed then.
  Call(Context& context, uint32_t entries) : context_(context), state_(stateOf(context)) {
    ok_ = reserve(rows_, entries);
    for (size_t i = 0; i < state_.params.size(); ++i) {
      uint64_t size = cellSize(state_.params[i]);
      ok_ = ok_ && reserve(cells_[i], entries * size);
      if (state_.params[i].nullable()) ok_ = ok_ && reserve(valid_[i], entries);
    }
    resultSize_ = cellSize(state_.result);
    ok_ =
        ok_ && reserve(results_, entries * resultSize_) && reserve(resultsValid_, entries) && reserve(failed_, entries);
  }
  bool ok() const { return ok_; }

  // Begins an entry of row `row`; its arguments are put one after another.
  void begin(uint64_t row) { rows_[count_] = row; }
  // `cell`: of the parameter's type, null where missing. False: the entry is missing and not computed.
  bool put(size_t param, const void* cell) {
    if (cell == nullptr && !state_.params[param].nullable()) return false;
    uint64_t size = cellSize(state_.params[param]);
    char* to = cells_[param] + count_ * size;
    if (cell == nullptr)
      std::memset(to, 0, size);
    else
      std::memcpy(to, cell, size);
    if (valid_[param] != nullptr) valid_[param][count_] = cell != nullptr ? 1 : 0;
    return true;
  }
  void end() { ++count_; }

  void run() {
    if (count_ == 0) return;
    std::memset(results_, 0, count_ * resultSize_);
    std::memset(resultsValid_, 0, count_);
    std::memset(failed_, 0, count_);
    std::array<featc_argument, kMaxArguments> arguments;
    for (size_t i = 0; i < state_.params.size(); ++i) arguments[i] = {cells_[i], valid_[i]};
    Callbacks call;
    call.allocate = [](featc_call* c, uint64_t row, uint64_t bytes) -> void* {
      Call& self = *static_cast<Callbacks*>(c)->owner;
      if (row >= self.count_) return nullptr;
      self.context_.row = self.rows_[row];
      void* memory = self.allocate(bytes);
      if (memory == nullptr) self.failed_[row] = 1;
      return memory;
    };
    call.fail = [](featc_call* c, uint64_t row) {
      Call& self = *static_cast<Callbacks*>(c)->owner;
      if (row < self.count_) self.fail(row, RowStatus::BadInput);
    };
    call.rows = count_;
    call.arguments = arguments.data();
    call.results = results_;
    call.results_valid = state_.result.nullable() ? resultsValid_ : nullptr;
    call.owner = this;
    state_.function(&call);
    for (uint32_t i = 0; i < count_; ++i) settle(i);
  }

  // The result of an entry after run(); null where it is missing or failed.
  const char* result(uint32_t entry) const {
    if (failed_[entry] != 0 || (state_.result.nullable() && resultsValid_[entry] == 0)) return nullptr;
    return results_ + entry * resultSize_;
  }

 private:
  struct Callbacks : featc_call {
    Call* owner = nullptr;
  };

  template <class T>
  bool reserve(T*& to, uint64_t count) {
    to = context_.arena->allocate<T>(count);
    if (to == nullptr) context_.fail(RowStatus::OutOfMemory);
    return to != nullptr;
  }
  static constexpr size_t kAlignment = 16;  // of what a function asks for, as featc/plugin.h says
  static void* aligned(void* memory) {
    uintptr_t at = reinterpret_cast<uintptr_t>(memory);
    return static_cast<char*>(memory) + (-at & (kAlignment - 1));
  }
  // The largest thing that a row may make is a list of as many strings as a list may have.
  void* allocate(uint64_t bytes) {
    if (bytes > kMaxElements * sizeof(Str)) {
      context_.fail(RowStatus::ValueTooLarge);
      return nullptr;
    }
    void* memory = nullptr;
    try {
      memory = aligned(context_.arena->allocate(bytes + kAlignment - Arena::kAlignment));
    } catch (const std::bad_alloc&) {
      // Not through the function, which may be of a language that knows no exceptions.
    }
    if (memory == nullptr) context_.fail(RowStatus::OutOfMemory);
    return memory;
  }
  void fail(uint64_t entry, RowStatus status) {
    failed_[entry] = 1;
    context_.row = rows_[entry];
    context_.fail(status);
  }

  // What other operators rely on: sizes within the limits, truth values of 0 and 1.
  void settle(uint32_t entry) {
    const char* cell = result(entry);
    if (cell == nullptr) return;
    if (state_.result.is(Kind::Bool)) {
      results_[entry] = results_[entry] != 0 ? 1 : 0;
    } else if (state_.result.is(Kind::String)) {
      Str s;
      std::memcpy(&s, cell, sizeof s);
      if (s.size > kMaxStringBytes) fail(entry, RowStatus::ValueTooLarge);
    } else if (state_.result.isList()) {
      settleList(entry);
    }
  }
  void settleList(uint32_t entry) {
    List<uint8_t> list;
    std::memcpy(&list, result(entry), sizeof list);
    if (list.size > kMaxElements) return fail(entry, RowStatus::ValueTooLarge);
    if (state_.result.element().is(Kind::String)) {
      const auto* strings = reinterpret_cast<const Str*>(list.data);
      for (uint64_t i = 0; i < list.size; ++i) {
        if (list.present(i) && strings[i].size > kMaxStringBytes) return fail(entry, RowStatus::ValueTooLarge);
      }
    } else if (state_.result.element().is(Kind::Bool)) {
      context_.row = rows_[entry];
      auto* bools = context_.newList<uint8_t>(list.size);
      if (bools == nullptr) return fail(entry, RowStatus::OutOfMemory);
      for (uint64_t i = 0; i < list.size; ++i) bools[i] = list.data[i] != 0 ? 1 : 0;
      list.data = bools;
      std::memcpy(results_ + entry * resultSize_, &list, sizeof list);
    }
  }

  Context& context_;
  const ExternState& state_;
  bool ok_ = false;
  uint32_t count_ = 0;
  uint64_t resultSize_ = 0;
  uint64_t* rows_ = nullptr;
  std::array<char*, kMaxArguments> cells_{};
  std::array<uint8_t*, kMaxArguments> valid_{};
  char* results_ = nullptr;
  uint8_t* resultsValid_ = nullptr;
  uint8_t* failed_ = nullptr;
};

// A row's cell, null where it is missing. A column packs bools, a call does not: `byte` holds one then.
const void* cellOf(const ColumnRef& column, Type type, uint32_t row, uint8_t& byte) {
  if (!column.present(row)) return nullptr;
  if (type.is(Kind::Bool)) {
    byte = column.get<bool>(row) ? 1 : 0;
    return &byte;
  }
  return static_cast<const char*>(column.data) + (column.uniform ? 0 : uint64_t{row}) * cellSize(type);
}

// Zero cells, missing, for `n` rows from the first one on.
void clear(const ColumnRef& out, Type type, uint32_t n) {
  uint64_t bitmap = (uint64_t{n} + 7) / 8;
  std::memset(out.data, 0, type.is(Kind::Bool) ? bitmap : uint64_t{n} * cellSize(type));
  if (out.valid != nullptr) std::memset(out.valid, 0, bitmap);
}

void store(const ColumnRef& out, Type type, uint64_t row, const void* cell) {
  if (out.valid != nullptr) setBit(out.valid, row, true);
  if (type.is(Kind::Bool))
    setBit(static_cast<uint8_t*>(out.data), row, *static_cast<const uint8_t*>(cell) != 0);
  else
    std::memcpy(static_cast<char*>(out.data) + row * cellSize(type), cell, cellSize(type));
}

bool isLifted(const Context& context, size_t i) { return (context.liftMask >> i & 1U) != 0; }

// How long the lists of a row are; nothing where the row is missing.
std::optional<uint64_t> liftedLength(Context& context, const ColumnRef* args, uint32_t row) {
  const ExternState& state = stateOf(context);
  std::optional<uint64_t> length;
  for (size_t i = 0; i < state.params.size(); ++i) {
    if (!args[i].present(row)) {
      if (isLifted(context, i) || !state.params[i].nullable()) return std::nullopt;
      continue;
    }
    if (!isLifted(context, i)) continue;
    uint64_t size = args[i].get<List<uint8_t>>(row).size;
    if (length && *length != size && context.events != nullptr) ++context.events->unequalLengths;
    length = std::max(length.value_or(0), size);
  }
  return length;
}

// One row's elements in one call; an element is missing where what it needs is.
List<uint8_t> mapRow(Context& context, const ColumnRef* args, uint32_t row, uint64_t length) {
  const ExternState& state = stateOf(context);
  uint64_t size = cellSize(state.result);
  auto* valid = context.newList<uint8_t>(length);
  auto* entries = valid == nullptr ? nullptr : context.newList<uint32_t>(length);
  auto* data = entries == nullptr ? nullptr : context.arena->allocate<uint8_t>(length * size);
  if (data == nullptr) {
    if (entries != nullptr) context.fail(RowStatus::OutOfMemory);
    return {};
  }
  Call call(context, static_cast<uint32_t>(length));
  if (!call.ok()) return {};
  uint32_t count = 0;
  for (uint64_t k = 0; k < length; ++k) {
    call.begin(row);
    bool ready = true;
    uint8_t byte = 0;
    for (size_t i = 0; i < state.params.size() && ready; ++i) {
      if (!isLifted(context, i)) {
        ready = call.put(i, cellOf(args[i], state.params[i], row, byte));
        continue;
      }
      auto list = args[i].get<List<uint8_t>>(row);
      bool present = k < list.size && list.present(k);
      ready = call.put(i, present ? list.data + k * cellSize(state.params[i]) : nullptr);
    }
    entries[k] = ready ? count : UINT32_MAX;
    if (!ready) continue;
    call.end();
    ++count;
  }
  call.run();
  for (uint64_t k = 0; k < length; ++k) {
    const char* cell = entries[k] == UINT32_MAX ? nullptr : call.result(entries[k]);
    valid[k] = cell != nullptr ? 1 : 0;
    if (cell != nullptr)
      std::memcpy(data + k * size, cell, size);
    else
      std::memset(data + k * size, 0, size);
  }
  return {data, valid, length};
}

}  // namespace

void externKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  const ExternState& state = stateOf(context);
  clear(out, state.result, n);
  Call call(context, n);
  auto* rowOf = call.ok() ? context.arena->allocate<uint32_t>(n) : nullptr;
  if (rowOf == nullptr) {
    for (context.row = 0; context.row < n; ++context.row) context.fail(RowStatus::OutOfMemory);
    return;
  }
  uint32_t count = 0;
  for (uint32_t row = 0; row < n; ++row) {
    call.begin(row);
    bool ready = true;
    uint8_t byte = 0;
    for (size_t i = 0; i < state.params.size() && ready; ++i)
      ready = call.put(i, cellOf(args[i], state.params[i], row, byte));
    if (!ready) continue;
    call.end();
    rowOf[count++] = row;
  }
  call.run();
  for (uint32_t entry = 0; entry < count; ++entry) {
    if (const char* cell = call.result(entry)) store(out, state.result, rowOf[entry], cell);
  }
}

void externLiftedKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  Type type = Type::list(stateOf(context).result.present());
  clear(out, type, n);
  for (uint32_t row = 0; row < n; ++row) {
    context.row = row;
    std::optional<uint64_t> length = liftedLength(context, args, row);
    if (!length) continue;
    List<uint8_t> list;
    if (*length > 0) list = mapRow(context, args, row, *length);
    store(out, type, row, &list);
  }
}

}  // namespace featc
