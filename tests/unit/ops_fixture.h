// SPDX-License-Identifier: Apache-2.0
// Calls one operator on single values, as an engine would: resolve, prepare, kernel.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "ops/operator.h"

namespace featc {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr int64_t kMinInt = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kMaxInt = std::numeric_limits<int64_t>::max();

// An argument: its value and its type (None: left out).
struct Arg {
  Value value{};
  Type type{};
};

inline Arg arg(int v) { return {Value::of(int64_t{v}), Type::int64()}; }
inline Arg arg(int64_t v) { return {Value::of(v), Type::int64()}; }
inline Arg arg(double v) { return {Value::of(v), Type::float64()}; }
inline Arg arg(bool v) { return {Value::of(v), Type::boolean()}; }
inline Arg arg(std::string v) { return {Value::of(std::move(v)), Type::string()}; }
inline Arg arg(const char* v) { return arg(std::string(v)); }
inline Arg missing(Type type) { return {Value::missing(), type.withNullable()}; }
inline Arg leftOut() { return {}; }
// A list of what is given; `missing` arguments become missing elements.
inline Arg listOf(Type element, const std::vector<Arg>& elements) {
  Value::Elements values;
  for (const Arg& a : elements) values.push_back(a.value);
  return {Value::list(std::move(values)), Type::list(element)};
}

inline const Type kInt = Type::int64();
inline const Type kFloat = Type::float64();
inline const Type kString = Type::string();
inline const Arg kNoInt = missing(kInt);

inline Arg ints(const std::vector<Arg>& elements) { return listOf(kInt, elements); }
inline Arg floats(const std::vector<Arg>& elements) { return listOf(kFloat, elements); }
inline Arg bools(const std::vector<Arg>& elements) { return listOf(Type::boolean(), elements); }
inline Arg strings(const std::vector<Arg>& elements) { return listOf(kString, elements); }
inline Arg mapOf(Type value, const std::vector<std::pair<std::string, Arg>>& entries) {
  Value::Entries out;
  for (const auto& [key, v] : entries) out.emplace_back(Value::of(key), v.value);
  return {Value::map(std::move(out)), Type::map(kString, value)};
}

struct CallResult {
  Value value{};
  Type type{};
  RowStatus status = RowStatus::Ok;
  uint64_t unequalLengths = 0;
  uint64_t warmAllocations = 0;
  std::string error{};  // no overload, what prepare said, or a broken promise

  std::string text() const { return error.empty() ? toString(value) : "error: " + error; }
};

CallResult callOperator(std::string_view name, std::vector<Arg> args, HashFamily family = HashFamily::Xxh3);

// A float result, for comparing with a tolerance.
template <class... A>
double evalFloat(std::string_view name, A... args) {
  Value v = callOperator(name, {Arg(args)...}).value;
  return v.isFloat() ? v.asFloat() : kNaN;
}

// The value as text, for short expectations.
template <class... A>
std::string eval(std::string_view name, A... args) {
  return callOperator(name, {Arg(args)...}).text();
}

}  // namespace featc
