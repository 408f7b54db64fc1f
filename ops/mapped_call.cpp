// SPDX-License-Identifier: Apache-2.0
// Calls computed element by element.
#include "ops/mapped_call.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "ops/flat_lists.h"

namespace featc {

namespace {

// Elements that the operator's kernel computes at once: what lies between stays in the cache.
constexpr uint32_t kPieceElements = 512;

// What every list cell is, whatever it holds.
using ListCell = List<char>;
static_assert(sizeof(ListCell) == sizeof(List<int64_t>));

// Elements `from` .. `from + count - 1` of a row.
struct Segment {
  uint32_t row = 0;
  uint64_t from = 0;
  uint32_t count = 0;
};

// A column of one piece's elements.
class PieceColumn {
 public:
  // Room for a whole piece; `nullable`: with a bitmap.
  ColumnRef prepare(Type type, bool nullable) {
    size_t bytes = type.is(Kind::Bool) ? kPieceElements / 8 : size_t{kPieceElements} * cellSize(type);
    if (cells_.size() * sizeof(uint64_t) < bytes) cells_.resize(bytes / sizeof(uint64_t));
    return {cells_.data(), nullable ? valid_.data() : nullptr, false};
  }

 private:
  std::vector<uint64_t> cells_;
  std::array<uint8_t, kPieceElements / 8> valid_{};
};

// Memory that a thread keeps from call to call.
struct Workspace {
  std::vector<PieceColumn> columns;
  PieceColumn result;
  std::vector<ColumnRef> args;
  std::vector<Segment> segments;
  std::vector<uint64_t> lengths;  // by row
  std::vector<uint8_t> present;   // by row
  std::array<RowStatus, kPieceElements> status{};
};

Workspace& workspace() {
  thread_local Workspace kept;
  return kept;
}

void setBits(uint8_t* bits, uint32_t at, uint32_t count, bool on) {
  uint32_t end = at + count;
  for (; at < end && (at & 7U) != 0; ++at) setBit(bits, at, on);
  std::memset(bits + at / 8, on ? 0xFF : 0, (end - at) / 8);
  for (at += (end - at) / 8 * 8; at < end; ++at) setBit(bits, at, on);
}

// Cells `at` .. `at + count - 1` become the elements of `list` from `from` on, missing past its end.
void putElements(const ListCell& list, Type type, const Segment& segment, const ColumnRef& out, uint32_t at) {
  uint64_t there = segment.from < list.size ? std::min<uint64_t>(segment.count, list.size - segment.from) : 0;
  auto known = static_cast<uint32_t>(there);
  uint32_t beyond = segment.count - known;
  if (type.is(Kind::Bool)) {
    auto* bits = static_cast<uint8_t*>(out.data);
    for (uint32_t k = 0; k < known; ++k) setBit(bits, at + k, list.data[segment.from + k] != 0);
    setBits(bits, at + known, beyond, false);
  } else {
    uint64_t size = cellSize(type);
    char* cells = static_cast<char*>(out.data) + at * size;
    if (known > 0) std::memcpy(cells, list.data + segment.from * size, known * size);
    std::memset(cells + known * size, 0, beyond * size);
  }
  if (list.valid == nullptr) setBits(out.valid, at, known, true);
  for (uint32_t k = 0; list.valid != nullptr && k < known; ++k)
    setBit(out.valid, at + k, list.valid[segment.from + k] != 0);
  setBits(out.valid, at + known, beyond, false);
}

// Cells `at` .. `at + count - 1` become what a row holds.
void putRepeated(const ColumnRef& in, Type type, uint32_t row, uint32_t count, const ColumnRef& out, uint32_t at) {
  uint64_t source = in.uniform ? 0 : row;
  if (type.is(Kind::Bool)) {
    setBits(static_cast<uint8_t*>(out.data), at, count, bitAt(static_cast<const uint8_t*>(in.data), source));
  } else {
    uint64_t size = cellSize(type);
    const char* cell = static_cast<const char*>(in.data) + source * size;
    char* cells = static_cast<char*>(out.data) + at * size;
    for (uint32_t k = 0; k < count; ++k) std::memcpy(cells + k * size, cell, size);
  }
  if (out.valid != nullptr) setBits(out.valid, at, count, in.present(row));
}

class MappedCall {
 public:
  MappedCall(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t rows)
      : context_(context),
        state_(static_cast<const MappedState&>(*context.state)),
        args_(args),
        out_(out),
        rows_(rows),
        w_(workspace()),
        cell_(cellSize(state_.elementType)) {
    if (w_.columns.size() < context.argCount) w_.columns.resize(context.argCount);
    w_.args.resize(context.argCount);
    w_.lengths.resize(rows);
    w_.present.resize(rows);
  }

  void run() {
    uint64_t total = 0;
    for (uint32_t row = 0; row < rows_; ++row) total += measure(row);
    if (total > 0 && !allocate(total)) {
      failAll();
      total = 0;
    }
    computeAll();
    writeLists();
  }

 private:
  bool isMapped(uint32_t arg) const { return (state_.mapMask >> arg & 1U) != 0; }

  // How many elements row `row` has.
  uint64_t measure(uint32_t row) {
    uint64_t length = 0;
    bool present = false;
    for (uint32_t i = 0; i < context_.argCount; ++i) {
      if (!isMapped(i) || !args_[i].present(row)) continue;
      uint64_t size = args_[i].get<ListCell>(row).size;
      if (present && size != length && context_.events != nullptr) ++context_.events->unequalLengths;
      length = std::max(length, size);
      present = true;
    }
    if (length > kMaxElements) {
      context_.row = row;
      context_.fail(RowStatus::ValueTooLarge);
      length = 0;
    }
    w_.present[row] = present ? 1 : 0;
    return w_.lengths[row] = length;
  }

  bool allocate(uint64_t elements) {
    data_ = context_.arena->allocate<char>(elements * cell_);
    if (data_ == nullptr) return false;
    if (state_.elementType.nullable()) valid_ = context_.arena->allocate<uint8_t>(elements);
    return valid_ != nullptr || !state_.elementType.nullable();
  }

  void failAll() {
    for (uint32_t row = 0; row < rows_; ++row) {
      if (w_.lengths[row] == 0) continue;
      context_.row = row;
      context_.fail(RowStatus::OutOfMemory);
      w_.lengths[row] = 0;
    }
  }

  // Gathers elements of one row after the other and computes them a piece at a time.
  void computeAll() {
    uint32_t waiting = 0;
    w_.segments.clear();
    for (uint32_t row = 0; row < rows_; ++row) {
      for (uint64_t from = 0; from < w_.lengths[row];) {
        auto count = static_cast<uint32_t>(std::min<uint64_t>(w_.lengths[row] - from, kPieceElements - waiting));
        w_.segments.push_back({row, from, count});
        from += count;
        waiting += count;
        if (waiting < kPieceElements) continue;
        computePiece(waiting);
        waiting = 0;
        w_.segments.clear();
      }
    }
    if (waiting > 0) computePiece(waiting);
  }

  void computePiece(uint32_t n) {
    for (uint32_t i = 0; i < context_.argCount; ++i) w_.args[i] = pieceOf(i);
    ColumnRef result = w_.result.prepare(state_.elementType, state_.elementType.nullable());
    bool isBool = state_.elementType.is(Kind::Bool);
    // Cells of any other type are what the list holds: they are written where they belong.
    if (!isBool) result.data = data_ + done_ * cell_;
    Context inner = context_;
    inner.state = state_.elementState.get();
    if (context_.rowStatus != nullptr) {
      inner.rowStatus = w_.status.data();
      std::fill_n(inner.rowStatus, n, RowStatus::Ok);
    }
    if (!context_.spend(n)) return;
    state_.elementKernel(inner, w_.args.data(), result, n);
    if (isBool)
      for (uint32_t k = 0; k < n; ++k) data_[done_ + k] = result.get<bool>(k) ? 1 : 0;
    if (valid_ != nullptr)
      for (uint32_t k = 0; k < n; ++k) valid_[done_ + k] = bitAt(result.valid, k) ? 1 : 0;
    if (context_.rowStatus != nullptr) passOnFailures();
    done_ += n;
  }

  // Argument `arg` of the piece's elements.
  ColumnRef pieceOf(uint32_t arg) {
    const ColumnRef& in = args_[arg];
    Type type = context_.argTypes[arg];
    bool mapped = isMapped(arg);
    if (!mapped && in.uniform) return in;
    ColumnRef out = w_.columns[arg].prepare(type, mapped || in.valid != nullptr);
    // One row's value is a value that all elements share, which some kernels make use of.
    if (!mapped && w_.segments.size() == 1) {
      putRepeated(in, type, w_.segments[0].row, 1, out, 0);
      out.uniform = true;
      return out;
    }
    uint32_t at = 0;
    for (const Segment& segment : w_.segments) {
      if (mapped)
        putElements(in.present(segment.row) ? in.get<ListCell>(segment.row) : ListCell(), type, segment, out, at);
      else
        putRepeated(in, type, segment.row, segment.count, out, at);
      at += segment.count;
    }
    return out;
  }

  void passOnFailures() {
    uint32_t at = 0;
    for (const Segment& segment : w_.segments) {
      context_.row = segment.row;
      for (uint32_t k = 0; k < segment.count; ++k)
        if (w_.status[at + k] != RowStatus::Ok) context_.fail(w_.status[at + k]);
      at += segment.count;
    }
  }

  void writeLists() {
    detail::RowWriter<ListCell> writer(out_);
    uint64_t at = 0;
    for (uint32_t row = 0; row < rows_; ++row) {
      uint64_t size = w_.lengths[row];
      ListCell list;
      if (size > 0) {
        // A list says that it has missing elements only where it has some: others are read faster.
        bool whole = valid_ == nullptr || std::memchr(valid_ + at, 0, size) == nullptr;
        list = {data_ + at * cell_, whole ? nullptr : valid_ + at, size};
      }
      writer.put(row, list, w_.present[row] != 0);
      at += size;
    }
    writer.finish(rows_);
  }

  Context& context_;
  const MappedState& state_;
  const ColumnRef* args_;
  const ColumnRef out_;
  uint32_t rows_;
  Workspace& w_;
  uint64_t cell_;
  char* data_ = nullptr;
  uint8_t* valid_ = nullptr;
  uint64_t done_ = 0;  // elements computed
};

// A list of so many elements, each missing.
ListCell missingElements(Context& context, uint64_t size, uint64_t cell) {
  if (size == 0) return {};
  auto* valid = context.newList<uint8_t>(size);
  auto* data = valid == nullptr ? nullptr : context.arena->allocate<char>(size * cell);
  if (data == nullptr) {
    if (valid != nullptr) context.fail(RowStatus::OutOfMemory);
    return {};
  }
  std::memset(data, 0, size * cell);
  std::memset(valid, 0, size);
  return {data, valid, size};
}

}  // namespace

std::vector<Type> seenTypes(uint64_t mapMask, std::span<const Type> argTypes) {
  std::vector<Type> types(argTypes.begin(), argTypes.end());
  for (size_t i = 0; i < types.size(); ++i)
    if ((mapMask >> i & 1U) != 0) types[i] = types[i].element().withNullable();
  return types;
}

Type callType(const Operator& op, const CallResolution& resolution, std::span<const Type> argTypes) {
  if (resolution.mapMask == 0) return resultType(op, resolution, argTypes);
  bool mayMiss = true;
  for (size_t i = 0; i < argTypes.size(); ++i)
    if (resolution.maps(i)) mayMiss = mayMiss && argTypes[i].nullable();
  Type element = resultType(op, resolution, seenTypes(resolution.mapMask, argTypes));
  return Type::list(element.present()).withNullable(mayMiss);
}

// Whether the language's own mapping over lists takes the same operator for the same elements.
static bool mapsAlike(const Operator& op, const CallResolution& mapped, std::span<const Type> argTypes,
                      uint32_t semantics) {
  if (mapped.liftMask != 0 || op.overloads[mapped.overload].liftedKernel == nullptr) return false;
  std::optional<Resolution> lifted = resolve(op, argTypes, semantics);
  return lifted && lifted->overload == mapped.overload && lifted->liftMask == mapped.mapMask;
}

bool isLiftedCall(const Operator& op, const CallResolution& mapped, std::span<const Type> argTypes,
                  uint32_t semantics) {
  if (!mapsAlike(op, mapped, argTypes, semantics)) return false;
  const Overload& overload = op.overloads[mapped.overload];
  for (size_t i = 0; i < argTypes.size(); ++i)
    if (!mapped.maps(i) && argTypes[i].nullable() && overload.strict[overload.paramOfArg(i)]) return false;
  return true;
}

void mappedKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  MappedCall(context, args, out, n).run();
}

void prepareByList(const Operator& op, const CallResolution& resolution, std::span<const Type> argTypes,
                   uint32_t semantics, MappedState& state) {
  if (!std::has_single_bit(state.mapMask) || !mapsAlike(op, resolution, argTypes, semantics)) return;
  const Overload& overload = op.overloads[resolution.overload];
  state.listKernel = overload.liftedKernel;
  for (size_t i = 0; i < argTypes.size(); ++i) {
    if (op.params[op.paramOfArg(i)].isConstant) continue;
    if (!resolution.maps(i) && overload.strict[overload.paramOfArg(i)])
      state.strictMask |= uint64_t{1} << state.listTypes.size();
    state.listTypes.push_back(argTypes[i]);
  }
}

bool mappedByList(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  const auto& state = static_cast<const MappedState&>(*context.state);
  for (uint32_t i = 0; i < context.argCount; ++i)
    if (args[i].flat != nullptr) writeCells(args[i], state.listTypes[i], n);
  Context inner = context;
  inner.state = state.elementState.get();
  inner.argTypes = state.listTypes.data();
  inner.liftMask = state.mapMask;
  state.listKernel(inner, args, out, n);

  const ColumnRef& lists = args[std::countr_zero(state.mapMask)];
  const uint64_t cell = cellSize(state.elementType);
  for (uint32_t i = 0; i < context.argCount; ++i) {
    if ((state.strictMask >> i & 1U) == 0 || args[i].valid == nullptr) continue;
    for (uint32_t row = 0; row < n; ++row) {
      if (args[i].present(row) || !lists.present(row)) continue;
      inner.row = row;
      if (out.valid != nullptr) setBit(out.valid, row, true);
      static_cast<ListCell*>(out.data)[row] = missingElements(inner, lists.get<ListCell>(row).size, cell);
    }
  }
  return true;
}

}  // namespace featc
