// SPDX-License-Identifier: Apache-2.0
// What the signature of an operator's C++ function of one row says:
//   R f([Context&,] [const State&,] A...)
// A function that takes no Context, or a const one, makes no strings or lists and fails no row.
// A parameter T is strict (a missing argument makes the result missing and f is not called),
// Finite is a strict double whose non-finite values count as missing, Maybe<T> accepts missing
// values, Each<T> as the last one takes all remaining arguments (strictly). R is T or Maybe<T>.
#pragma once

#include <cmath>
#include <cstddef>
#include <tuple>
#include <type_traits>

#include "ops/context.h"

namespace featc {

namespace detail {

template <class F>
struct Signature;
template <class R, class... A>
struct Signature<R (*)(A...)> {
  using Result = R;
  using State = void;
  using Args = std::tuple<A...>;
  static constexpr bool kContext = false;
  static constexpr bool kMakesValues = false;
};
template <class R, class... A>
struct Signature<R (*)(Context&, A...)> : Signature<R (*)(A...)> {
  static constexpr bool kContext = true;
  static constexpr bool kMakesValues = true;
};
template <class R, class... A>
struct Signature<R (*)(const Context&, A...)> : Signature<R (*)(A...)> {
  static constexpr bool kContext = true;
};
template <class R, class S, class... A>
  requires std::is_base_of_v<OpState, S>
struct Signature<R (*)(const S&, A...)> : Signature<R (*)(A...)> {
  using State = S;
};
template <class R, class S, class... A>
  requires std::is_base_of_v<OpState, S>
struct Signature<R (*)(Context&, const S&, A...)> : Signature<R (*)(A...)> {
  using State = S;
  static constexpr bool kContext = true;
  static constexpr bool kMakesValues = true;
};

template <class P>
struct Param {  // strict
  using Cell = P;
  static constexpr bool kStrict = true, kFinite = false, kEach = false;
  static bool accept(Maybe<Cell> in, P& out) {
    out = in.value;
    return in.present;
  }
};
template <>
struct Param<Finite> {
  using Cell = double;
  static constexpr bool kStrict = true, kFinite = true, kEach = false;
  static bool accept(Maybe<double> in, Finite& out) {
    out.value = in.value;
    return in.present && std::isfinite(in.value);
  }
};
template <class T>
struct Param<Maybe<T>> {
  using Cell = T;
  static constexpr bool kStrict = false, kFinite = false, kEach = false;
  static bool accept(Maybe<T> in, Maybe<T>& out) {
    out = in;
    return true;
  }
};
template <>
struct Param<Maybe<Finite>> {
  using Cell = double;
  static constexpr bool kStrict = false, kFinite = true, kEach = false;
  static bool accept(Maybe<double> in, Maybe<Finite>& out) {
    out.value.value = in.value;
    out.present = in.present && std::isfinite(in.value);
    return true;
  }
};
template <class T>
struct Param<Each<T>> {
  using Cell = T;
  static constexpr bool kStrict = true, kFinite = false, kEach = true;
};

template <class R>
struct ResultOf {
  using Cell = R;
  static constexpr bool kMaybe = false;
};
template <class T>
struct ResultOf<Maybe<T>> {
  using Cell = T;
  static constexpr bool kMaybe = true;
};

// Calls `fn` with what it wants beside its arguments.
template <auto fn, class... A>
typename Signature<decltype(fn)>::Result invoke(Context& context, const A&... args) {
  using Sig = Signature<decltype(fn)>;
  using State = typename Sig::State;
  if constexpr (Sig::kContext && !std::is_void_v<State>) {
    return fn(context, static_cast<const State&>(*context.state), args...);
  } else if constexpr (Sig::kContext) {
    return fn(context, args...);
  } else if constexpr (!std::is_void_v<State>) {
    return fn(static_cast<const State&>(*context.state), args...);
  } else {
    return fn(args...);
  }
}

// Whether a result may be missing though all arguments are present.
template <auto fn>
constexpr bool mayMiss() {
  using Sig = Signature<decltype(fn)>;
  if (ResultOf<typename Sig::Result>::kMaybe) return true;
  return []<class... A>(std::type_identity<std::tuple<A...>>) {
    return (Param<A>::kFinite || ...);
  }(std::type_identity<typename Sig::Args>());
}

}  // namespace detail

}  // namespace featc
