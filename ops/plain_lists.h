// SPDX-License-Identifier: Apache-2.0
// The usual case of an operator that is mapped over lists: numbers and truth values, none of them missing. Its loop
// asks nothing of an element, so that the compiler can make vectors of it.
#pragma once

#include <array>
#include <bit>

#include "ops/signature.h"

namespace featc {

template <auto fn>
class PlainLists {
  using Sig = detail::Signature<decltype(fn)>;
  using Args = typename Sig::Args;
  using Result = typename detail::ResultOf<typename Sig::Result>::Cell;
  static constexpr size_t kArity = std::tuple_size_v<Args>;
  template <size_t I>
  using ParamOf = detail::Param<std::tuple_element_t<I, Args>>;
  template <size_t I>
  using CellOf = typename ParamOf<I>::Cell;
  static constexpr uint64_t kAll = (uint64_t{1} << kArity) - 1;

  static constexpr bool possible() {
    if (Sig::kMakesValues || kArity == 0 || !std::is_arithmetic_v<Result>) return false;
    return []<class... A>(std::type_identity<std::tuple<A...>>) {
      return ((std::is_arithmetic_v<typename detail::Param<A>::Cell> && !detail::Param<A>::kEach) && ...);
    }(std::type_identity<Args>());
  }

 public:
  // Computes the list of one row whose arguments in context.liftMask are lists. False: it is not such a row, and
  // nothing is done.
  static bool map(Context& context, const ColumnRef* args, uint32_t row, List<Result>& out) {
    return context.liftMask == kAll && mapAt<kAll>(context, args, row, out);
  }

  // As `map`, of the lists in `mask`.
  template <uint64_t mask>
  static bool mapAt(Context& context, const ColumnRef* args, uint32_t row, List<Result>& out) {
    if constexpr (possible()) {
      return mapWith<mask>(context, args, row, out, std::make_index_sequence<kArity>{});
    } else {
      return false;
    }
  }

 private:
  template <size_t I, uint64_t mask>
  static constexpr bool kIsList = (mask >> I & 1U) != 0;

  // An argument's elements, or the value that all elements meet.
  template <size_t I, uint64_t mask>
  static auto argument(const ColumnRef* args, uint32_t row) {
    if constexpr (kIsList<I, mask>)
      return args[I].template get<List<CellOf<I>>>(row);
    else
      return args[I].template get<CellOf<I>>(row);
  }

  template <class Cell>
  static bool isPlain(const List<Cell>& list, uint64_t size) {
    return list.valid == nullptr && list.size == size;
  }
  template <class Cell>
  static bool isPlain(Cell, uint64_t) {
    return true;
  }
  template <class Cell>
  static Cell at(const List<Cell>& list, uint64_t i) {
    return list.data[i];
  }
  template <class Cell>
  static Cell at(Cell value, uint64_t) {
    return value;
  }

  template <uint64_t mask, size_t... I>
  static bool mapWith(Context& context, const ColumnRef* args, uint32_t row, List<Result>& out,
                      std::index_sequence<I...> positions) {
    if (!(args[I].present(row) && ...)) return false;
    auto values = std::make_tuple(argument<I, mask>(args, row)...);
    const uint64_t size = std::get<std::countr_zero(mask)>(values).size;
    if (size == 0 || !(isPlain(std::get<I>(values), size) && ...)) return false;
    auto* data = context.newList<Result>(size);
    uint8_t* valid = nullptr;
    if constexpr (detail::mayMiss<fn>()) valid = data == nullptr ? nullptr : context.newList<uint8_t>(size);
    if (data == nullptr || (detail::mayMiss<fn>() && valid == nullptr)) {
      out = {};
      return true;
    }
    bool all = true;
    for (uint64_t k = 0; k < size; ++k) {
      if constexpr (detail::mayMiss<fn>()) {
        Maybe<Result> r = compute(context, values, k, positions);
        data[k] = r.present ? r.value : Result{};
        valid[k] = r.present ? 1 : 0;
        all &= r.present;
      } else {
        data[k] = compute(context, values, k, positions).value;
      }
    }
    out = {data, all ? nullptr : valid, size};
    return true;
  }

  template <class Values, size_t... I>
  static Maybe<Result> compute(Context& context, const Values& values, uint64_t k, std::index_sequence<I...>) {
    Args args{};
    if (!(ParamOf<I>::accept(Maybe<CellOf<I>>(at(std::get<I>(values), k)), std::get<I>(args)) && ...)) return {};
    return detail::invoke<fn>(context, std::get<I>(args)...);
  }
};

}  // namespace featc
