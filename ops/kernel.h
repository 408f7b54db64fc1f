// SPDX-License-Identifier: Apache-2.0
// From an operator's C++ function of one row (ops/signature.h) to loops over columns: what every engine calls.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "ops/plain_lists.h"
#include "ops/signature.h"

namespace featc {

namespace detail {

// Gathers eight results at a time into the bitmaps, cells straight into the column.
template <class T>
class RowWriter {
 public:
  explicit RowWriter(const ColumnRef& out) : out_(out) {}
  void put(uint64_t row, const T& value, bool present) {
    auto bit = static_cast<uint8_t>(1U << (row & 7U));
    if (present) valid_ = static_cast<uint8_t>(valid_ | bit);
    if constexpr (std::is_same_v<T, bool>) {
      if (present && value) bools_ = static_cast<uint8_t>(bools_ | bit);
    } else {
      static_cast<T*>(out_.data)[row] = present ? value : T{};
    }
    if ((row & 7U) == 7U) flush(row);
  }
  void finish(uint64_t rows) {
    if ((rows & 7U) != 0) flush(rows - 1);
  }

 private:
  void flush(uint64_t row) {
    if (out_.valid != nullptr) out_.valid[row >> 3U] = valid_;
    if constexpr (std::is_same_v<T, bool>) static_cast<uint8_t*>(out_.data)[row >> 3U] = bools_;
    valid_ = bools_ = 0;
  }
  const ColumnRef out_;  // a copy: what is stored to the column cannot change it
  uint8_t valid_ = 0;
  uint8_t bools_ = 0;
};

// Spends what reading the arguments of one call after the other costs, many calls at a time.
class Meter {
 public:
  explicit Meter(const Context& context) : context_(context) {}

  // Before a call with these arguments. False: it is not worth being made.
  template <class... A>
  bool passes(const A&... arguments) {
    if constexpr ((kCosts<A> || ...)) {
      steps_ += (stepsOf(arguments) + ...);
      if (steps_ >= kStepsAtOnce) return context_.spend(std::exchange(steps_, 0));
    }
    return true;
  }

 private:
  static constexpr uint64_t kStepsAtOnce = 1024;
  template <class A>
  struct Costs : std::false_type {};
  template <class A>
  struct Costs<Maybe<A>> : Costs<A> {};
  template <class A>
  struct Costs<List<A>> : std::true_type {};
  template <class A>
  static constexpr bool kCosts = Costs<A>::value || std::is_same_v<A, Str> || std::is_same_v<A, Maybe<Str>>;

  template <class A>
  static uint64_t stepsOf(const A&) {
    return 0;
  }
  static uint64_t stepsOf(const Str& text) { return text.size >> Context::kTextStepBits; }
  template <class A>
  static uint64_t stepsOf(const List<A>& list) {
    return list.size;
  }
  template <class A>
  static uint64_t stepsOf(const Maybe<A>& value) {
    return value.present ? stepsOf(value.value) : 0;
  }

  const Context& context_;
  uint64_t steps_ = 0;
};

}  // namespace detail

// The loops over columns of one function.
template <auto fn>
class OpFunction {
  using Sig = detail::Signature<decltype(fn)>;
  using Args = typename Sig::Args;
  using ResultCell = typename detail::ResultOf<typename Sig::Result>::Cell;
  static constexpr size_t kArity = std::tuple_size_v<Args>;
  template <size_t I>
  using Arg = std::tuple_element_t<I, Args>;
  template <size_t I>
  using ParamOf = detail::Param<Arg<I>>;

  static constexpr bool endsInEach() {
    if constexpr (kArity == 0)
      return false;
    else
      return ParamOf<kArity - 1>::kEach;
  }

 public:
  static constexpr bool kVariadic = endsInEach();
  static constexpr bool kMakesValues = Sig::kMakesValues;
  static constexpr bool kMaybeResult = detail::ResultOf<typename Sig::Result>::kMaybe;
  using State = typename Sig::State;

  static constexpr Type resultType() { return cellType<ResultCell>(); }
  template <class Out>
  static void paramTypes(Out&& out) {
    [&]<size_t... I>(std::index_sequence<I...>) {
      (out(cellType<typename ParamOf<I>::Cell>(), ParamOf<I>::kStrict, ParamOf<I>::kFinite), ...);
    }(std::make_index_sequence<kArity>{});
  }
  // Whether the result can be computed element by element when a list stands for a scalar.
  static constexpr bool liftable() {
    if (cellType<ResultCell>().isWeighted()) return false;
    return []<size_t... I>(std::index_sequence<I...>) {
      return (cellType<typename ParamOf<I>::Cell>().isScalar() || ...);
    }(std::make_index_sequence<kArity>{});
  }

  static void kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    if constexpr (kVariadic) return computeRows(context, args, out, n);
    // Copies, so that the compiler knows that no store changes them.
    std::array<ColumnRef, kArity> own;
    std::copy_n(args, kArity, own.begin());
    computeRows(context, own, out, n);
  }

  // Arguments in context.liftMask are lists and combine position by position; the result is as
  // long as the longest of them, missing past the end of a shorter one.
  static void liftedKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    if constexpr (!kVariadic)
      if (std::has_single_bit(context.liftMask) && mapOneList(context, args, out, n)) return;
    detail::RowWriter<List<ResultCell>> writer(out);
    for (uint32_t row = 0; row < n; ++row) {
      context.row = row;
      bool present = false;
      List<ResultCell> list;
      if (PlainLists<fn>::map(context, args, row, list))
        present = true;
      else
        list = mapRow(context, args, row, present);
      writer.put(row, list, present);
    }
    writer.finish(n);
  }

 private:
  template <class Columns>
  static void computeRows(Context& context, const Columns& args, const ColumnRef& out, uint32_t n) {
    detail::RowWriter<ResultCell> writer(out);
    detail::Meter meter(context);
    for (uint32_t row = 0; row < n; ++row) {
      if constexpr (kMakesValues) context.row = row;
      Maybe<ResultCell> r = evaluate(context, meter, [&]<class Cell>(size_t i) {
        return Maybe<Cell>(args[i].template get<Cell>(row), args[i].present(row));
      });
      writer.put(row, r.value, r.present);
    }
    writer.finish(n);
  }

  // The usual case of a lifted kernel: one argument is a list, the others are as they are.
  static bool mapOneList(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (mapListAt<I>(context, args, out, n) || ...);
    }(std::make_index_sequence<kArity>{});
  }

  template <size_t At>
  static bool mapListAt(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    using Element = typename ParamOf<At>::Cell;
    if constexpr (!cellType<Element>().isScalar()) {
      return false;
    } else {
      if (!isLifted(context, At)) return false;
      std::array<ColumnRef, kArity> own;
      std::copy_n(args, kArity, own.begin());
      detail::RowWriter<List<ResultCell>> writer(out);
      for (uint32_t row = 0; row < n; ++row) {
        context.row = row;
        bool present = othersReady<At>(own, row) && own[At].present(row);
        List<ResultCell> list;
        if (present && !PlainLists<fn>::template mapAt<uint64_t{1} << At>(context, own.data(), row, list))
          list = mapElements<At>(context, own, own[At].template get<List<Element>>(row), row);
        writer.put(row, list, present);
      }
      writer.finish(n);
      return true;
    }
  }

  template <size_t At>
  static bool othersReady(const std::array<ColumnRef, kArity>& args, uint32_t row) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return ((I == At || !ParamOf<I>::kStrict || args[I].present(row)) && ...);
    }(std::make_index_sequence<kArity>{});
  }

  template <size_t At, class Element>
  static List<ResultCell> mapElements(Context& context, const std::array<ColumnRef, kArity>& args, List<Element> list,
                                      uint32_t row) {
    if (list.size == 0) return {};
    auto* data = context.newList<ResultCell>(list.size);
    if (data == nullptr) return {};
    uint8_t* valid = nullptr;
    if (detail::mayMiss<fn>() || list.valid != nullptr) {
      valid = context.newList<uint8_t>(list.size);
      if (valid == nullptr) return {};
    }
    detail::Meter meter(context);
    for (uint64_t k = 0; k < list.size; ++k) {
      Maybe<ResultCell> r = evaluateEach(context, meter, [&]<size_t I>() {
        using Cell = typename ParamOf<I>::Cell;
        if constexpr (I == At)
          return Maybe<Cell>(list.data[k], list.present(k));
        else
          return Maybe<Cell>(args[I].template get<Cell>(row), args[I].present(row));
      });
      data[k] = r.present ? r.value : ResultCell{};
      if (valid != nullptr) valid[k] = r.present ? 1 : 0;
    }
    return {data, valid, list.size};
  }

  // As evaluate, with the position as a constant: `load.operator()<I>()`.
  template <class Load>
  static Maybe<ResultCell> evaluateEach(Context& context, detail::Meter& meter, Load&& load) {
    return [&]<size_t... I>(std::index_sequence<I...>) -> Maybe<ResultCell> {
      Args values{};
      bool ready = (ParamOf<I>::accept(load.template operator()<I>(), std::get<I>(values)) && ...);
      if (!ready || !meter.passes(std::get<I>(values)...)) return {};
      return detail::invoke<fn>(context, std::get<I>(values)...);
    }(std::make_index_sequence<kArity>{});
  }

  // `load.operator()<Cell>(i)` gives argument i as Maybe<Cell>.
  template <class Load>
  static Maybe<ResultCell> evaluate(Context& context, detail::Meter& meter, Load&& load) {
    return evaluateWith(context, meter, load, std::make_index_sequence<kArity>{});
  }

  template <class Load, size_t... I>
  static Maybe<ResultCell> evaluateWith(Context& context, detail::Meter& meter, Load& load, std::index_sequence<I...>) {
    Args values{};
    EachBuffer buffer;
    bool ready = (take<I>(context, load, std::get<I>(values), buffer) && ...);
    if (!ready || !meter.passes(std::get<I>(values)...)) return {};
    return detail::invoke<fn>(context, std::get<I>(values)...);
  }

  static auto eachCell() {
    if constexpr (kVariadic)
      return typename ParamOf<kArity - 1>::Cell{};
    else
      return char{};
  }
  using EachBuffer = std::array<decltype(eachCell()), kVariadic ? kMaxArguments : 1>;

  template <size_t I, class Load>
  static bool take(Context& context, Load& load, Arg<I>& out, EachBuffer& buffer) {
    using P = ParamOf<I>;
    using Cell = typename P::Cell;
    if constexpr (P::kEach) {
      uint32_t count = 0;
      for (size_t i = I; i < context.argCount; ++i) {
        Maybe<Cell> v = load.template operator()<Cell>(i);
        if (!v.present) return false;
        buffer[count++] = v.value;
      }
      out.data = buffer.data();
      out.size = count;
      return true;
    } else {
      (void)context, (void)buffer;
      if constexpr (P::kFinite)
        return P::accept(load.template operator()<double>(I), out);
      else
        return P::accept(load.template operator()<Cell>(I), out);
    }
  }

  static List<ResultCell> mapRow(Context& context, const ColumnRef* args, uint32_t row, bool& present) {
    uint64_t length = 0;
    bool first = true;
    for (uint32_t i = 0; i < context.argCount; ++i) {
      if (!args[i].present(row)) {
        if (isLifted(context, i) || isStrict(i)) return {};
        continue;
      }
      if (!isLifted(context, i)) continue;
      // Every list cell starts with the same three words.
      uint64_t size = args[i].get<List<int64_t>>(row).size;
      if (!first && size != length && context.events != nullptr) ++context.events->unequalLengths;
      length = first ? size : std::max(length, size);
      first = false;
    }
    present = true;
    if (length == 0) return {};
    auto* data = context.newList<ResultCell>(length);
    auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(length);
    if (valid == nullptr) return {};
    detail::Meter meter(context);
    for (uint64_t k = 0; k < length; ++k) {
      Maybe<ResultCell> r = evaluate(context, meter, [&]<class Cell>(size_t i) {
        if (!isLifted(context, i)) return Maybe<Cell>(args[i].get<Cell>(row), args[i].present(row));
        auto list = args[i].get<List<Cell>>(row);
        if (k >= list.size || !list.present(k)) return Maybe<Cell>();
        return Maybe<Cell>(list.data[k], true);
      });
      data[k] = r.present ? r.value : ResultCell{};
      valid[k] = r.present ? 1 : 0;
    }
    return {data, valid, length};
  }

  static bool isLifted(const Context& context, size_t i) { return (context.liftMask >> i & 1U) != 0; }
  static bool isStrict(size_t i) {
    return []<size_t... I>(size_t arg, std::index_sequence<I...>) {
      bool strict = kVariadic;
      ((strict = arg == I ? ParamOf<I>::kStrict : strict), ...);
      return strict;
    }(i, std::make_index_sequence<kArity>{});
  }
};

}  // namespace featc
