// SPDX-License-Identifier: Apache-2.0
// What a kernel is given beside its columns: limits, memory, the rows' statuses, what the call may still cost.
#pragma once

#include <algorithm>
#include <cstdint>

#include "values/arena.h"
#include "values/cell.h"
#include "values/hash.h"
#include "values/work.h"

namespace featc {

// The most arguments that an operator with a variable number of them takes.
inline constexpr uint32_t kMaxArguments = 64;
// The most elements of a list, and half the bytes of a string, that one operator may make.
inline constexpr uint64_t kMaxElements = 65'536;
inline constexpr uint64_t kMaxStringBytes = uint64_t{1} << 20U;

// What an operator makes of its constant arguments once, at load time.
struct OpState {
  virtual ~OpState() = default;
};

enum class RowStatus : uint8_t {
  Ok = 0,
  BadInput,       // a required field was missing or a value was malformed
  TooManyIds,     // an output made more ids than allowed
  ValueTooLarge,  // an operator's list or string passed kMaxElements or kMaxStringBytes
  OutOfMemory,    // the row needs more scratch memory than the arena's limit
};

// A row that fails in several ways has the last of their statuses in the order above, whoever comes first.
inline void fail(RowStatus& row, RowStatus status) { row = std::max(row, status); }

// Things worth telling that are not errors, counted per call.
struct DataEvents {
  uint64_t unequalLengths = 0;  // lists combined by position had different lengths
};

// What a kernel may use besides its columns. One per node and block of rows.
struct Context {
  Arena* arena = nullptr;
  const OpState* state = nullptr;
  const Type* argTypes = nullptr;  // of the value (non-constant) arguments
  uint32_t argCount = 0;
  uint64_t liftMask = 0;  // bit i: value argument i is a list that is mapped over
  HashFamily hashFamily = HashFamily::Xxh3;
  DataEvents* events = nullptr;
  RowStatus* rowStatus = nullptr;  // of the rows of this call
  uint64_t row = 0;                // the row being computed
  Work* work = nullptr;            // what the call may still cost; null: no matter

  // Binary digits of the bytes of a text whose reading is a step.
  static constexpr unsigned kTextStepBits = 4;

  // Counts steps of a loop, each about a nanosecond long, before they are done. False: return at once, with whatever
  // is safe to read. Storage for values counts by itself, and so do the elements of lists that a loop over columns
  // takes: what is left are loops that are longer than what they read or make.
  bool spend(uint64_t steps) const { return work == nullptr || work->spend(steps); }

  // Marks the current row as failed; its results are then worthless but must stay safe to read.
  void fail(RowStatus status) {
    if (rowStatus != nullptr) featc::fail(rowStatus[row], status);
  }
  // Storage for a string or list; null after marking the row when it is too large, and when the call is to stop.
  char* newString(uint64_t bytes) {
    if (bytes > kMaxStringBytes) {
      fail(RowStatus::ValueTooLarge);
      return nullptr;
    }
    return spend(bytes >> kBytesAStep) ? allocated(arena->allocate<char>(bytes)) : nullptr;
  }
  template <class T>
  T* newList(uint64_t elements) {
    if (elements > kMaxElements) {
      fail(RowStatus::ValueTooLarge);
      return nullptr;
    }
    return spend(elements) ? allocated(arena->allocate<T>(elements)) : nullptr;
  }

 private:
  static constexpr unsigned kBytesAStep = 3;  // binary digits of it

  template <class T>
  T* allocated(T* p) {
    if (p == nullptr) fail(RowStatus::OutOfMemory);
    return p;
  }
};

// Computes rows 0..n-1 of `out` from `args` (the value arguments). Rows that are missing get a zero
// cell. `out.valid` is null where the node's type cannot be missing.
using Kernel = void (*)(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n);
// The same over lists whose elements lie one behind the other (ops/flat_lists.h): one loop over the elements of all
// rows. A list comes out as FlatLists, without cells. False: it cannot, nothing is done, and the kernel has to do it.
using FlatKernel = bool (*)(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n);

}  // namespace featc
