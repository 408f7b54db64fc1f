// SPDX-License-Identifier: Apache-2.0
// Kernels from functions of whole arrays, for operators whose arguments and result are strict float64.
#pragma once

#include <algorithm>
#include <array>

#include "ops/kernel.h"
#include "values/array_loops.h"

namespace featc {

// `f` is void(const double*, ..., double* out, size_t n): out[i] of the i-th values of one or two arrays.
template <auto f>
class ColumnFunction {
 public:
  static constexpr size_t kArity = std::is_invocable_v<decltype(f), const double*, double*, size_t> ? 1 : 2;

  static void kernel(Context&, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    auto* result = static_cast<double*>(out.data);
    if (std::all_of(args, args + kArity, [](const ColumnRef& a) { return a.uniform; })) {
      std::array<const double*, kArity> first = cellsOf(args, 0);
      double value = 0;
      call(first, &value, 1);
      std::fill_n(result, n, value);
    } else {
      for (uint32_t row = 0; row < n; row += kChunk) {
        uint32_t rows = std::min(kChunk, n - row);
        std::array<std::array<double, kChunk>, kArity> spread;
        std::array<const double*, kArity> cells = cellsOf(args, row);
        for (size_t a = 0; a < kArity; ++a) {
          if (!args[a].uniform) continue;
          spread[a].fill(*cells[a]);
          cells[a] = spread[a].data();
        }
        call(cells, result + row, rows);
      }
    }
    clearMissing(args, out, n);
  }

 private:
  static constexpr uint32_t kChunk = 64;

  static std::array<const double*, kArity> cellsOf(const ColumnRef* args, uint32_t row) {
    std::array<const double*, kArity> cells;
    for (size_t a = 0; a < kArity; ++a)
      cells[a] = static_cast<const double*>(args[a].data) + (args[a].uniform ? 0 : row);
    return cells;
  }
  static void call(const std::array<const double*, kArity>& args, double* out, size_t n) {
    if constexpr (kArity == 1)
      f(args[0], out, n);
    else
      f(args[0], args[1], out, n);
  }

  // Gives missing rows a zero cell and writes the bitmap.
  static void clearMissing(const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    if (out.valid == nullptr) return;
    bool all = true;
    for (uint32_t row = 0; row < n; row += 8) {
      const unsigned rows = std::min(8U, n - row);
      const unsigned whole = (1U << rows) - 1;
      unsigned present = whole;
      for (size_t a = 0; a < kArity; ++a) {
        if (args[a].valid == nullptr) continue;
        present &= args[a].uniform ? (args[a].present(0) ? whole : 0U) : args[a].valid[row / 8];
      }
      out.valid[row / 8] = static_cast<uint8_t>(present);
      all &= present == whole;
    }
    if (!all) arrayLoops().clearMissing(out.valid, static_cast<int64_t*>(out.data), n);
  }
};

// Of one array; of a list: its elements, with the presence they have.
template <auto f>
class ColumnFunctionOfLists : public ColumnFunction<f> {
 public:
  static void liftedKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    detail::RowWriter<List<double>> writer(out);
    for (uint32_t row = 0; row < n; ++row) {
      context.row = row;
      bool present = args[0].present(row);
      writer.put(row, present ? ofList(context, args[0].get<List<double>>(row)) : List<double>(), present);
    }
    writer.finish(n);
  }

 private:
  static List<double> ofList(Context& context, const List<double>& list) {
    if (list.size == 0) return {};
    auto* data = context.newList<double>(list.size);
    if (data == nullptr) return {};
    f(list.data, data, list.size);
    for (uint64_t i = 0; list.valid != nullptr && i < list.size; ++i)
      if (list.valid[i] == 0) data[i] = 0;
    return {data, list.valid, list.size};
  }
};

}  // namespace featc
