// SPDX-License-Identifier: Apache-2.0
// Builds a batch value by value: for programs that hold requests in their own types, and for readers.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/batch.h"
#include "runtime/column_buffer.h"
#include "runtime/program_info.h"
#include "support/error.h"

namespace featc {

// What a member of a list of structs is in the structs of a program: `read` takes one and gives the value.
template <class Read>
struct StructMember {
  std::string_view name;
  Read read;
};
template <class Read>
StructMember<Read> member(std::string_view name, Read read) {
  return {name, read};
}

// Columns for all inputs of a program, filled request by request:
//
//   Error error = builder.beginRequest();
//   if (!error) error = builder.set("user_id", 42);
//   if (!error) error = builder.beginItem();
//   if (!error) error = builder.set("price", 12.5);
//   if (!error) error = builder.endItem();
//   if (!error) error = builder.endRequest();
//   if (!error) error = extractor.run(builder.batch(), scratch, result);
//   builder.clear();
//
// A list of structs is set whole or member by member:
//
//   error = builder.setStructs("clicks", clicks, member("ts", &Click::ts), member("id", [](const Click& c) { return
//   c.id; })); error = builder.set("clicks.ts", std::vector<int64_t>{5, 9});
//
// Members that are not set are then missing in each element. A field that is not set is missing; setting one
// again replaces its value. What does not fit is not taken, and the error has the code BadBatch:
// `item.price: expected float64, found a string`. endItem and endRequest drop the item or the request, and say so,
// where a required field is missing or members of a list of structs have different lengths. Nothing throws but
// std::bad_alloc. The memory is kept by clear(): a warm round allocates nothing.
class BatchBuilder {
 public:
  static constexpr size_t kNoField = SIZE_MAX;

  explicit BatchBuilder(const ProgramInfo& info);

  // By `price` where one scope only has that name, or by `item.price`. kNoField: no such field, or
  // two of them. The number is the index in ProgramInfo::inputs and makes `set` faster.
  size_t field(std::string_view name) const;
  // The first member of a list of structs, by `clicks` or `item.clicks`; its members stand side by side.
  size_t structList(std::string_view name) const;
  const InputInfo& input(size_t field) const { return inputs_[field]; }
  size_t fieldCount() const { return inputs_.size(); }

  // -- Requests and items -----------------------------------------------------------------------

  Error beginRequest();
  Error beginItem();
  Error endItem();
  Error endRequest();
  // Drops the open item, or the open request with its items; without one nothing happens.
  void dropItem();
  void dropRequest();
  // Drops all items of the open request.
  void dropItems();
  bool inRequest() const { return inRequest_; }
  bool inItem() const { return inItem_; }

  // -- Values -----------------------------------------------------------------------------------

  // Bools, integers (also for float64 fields), floats, strings, std::optional of these, ranges of
  // these for lists, ranges of pairs for maps.
  template <class T>
  Error set(size_t field, const T& value) {
    if (Error error = open(field)) return error;
    return finish(field, append(columns_[field], value));
  }
  template <class T>
  Error set(std::string_view name, const T& value) {
    size_t index = field(name);
    return index == kNoField ? unknown(name) : set(index, value);
  }
  Error setMissing(size_t field);
  // A list of structs, from a range of them. Members that are not named are missing in each element.
  template <std::ranges::forward_range R, class... Read>
  Error setStructs(std::string_view name, const R& range, const StructMember<Read>&... members) {
    size_t first = structList(name);
    if (first == kNoField) return unknown(name);
    if (Error error = openStructs(first)) return error;
    Error error;
    (void)((error = setMember(first, range, members), !error) && ...);
    return finishStructs(first, static_cast<size_t>(std::ranges::distance(range)), std::move(error));
  }

  // -- Whole batches ----------------------------------------------------------------------------

  // All finished requests; an open one is dropped. Borrows from the builder, until its next change.
  Batch batch();
  int64_t requests() const { return static_cast<int64_t>(itemOffsets_.size()) - 1; }
  // Those of an open request included.
  int64_t items() const { return items_; }
  void clear();

  // -- For readers --------------------------------------------------------------------------------

  // The column of `field` with nothing in it for the open row: exactly one value must be appended,
  // or truncate(size before) called.
  ColumnBuffer& cell(size_t field);
  // Whether the open row has a value yet, be it a missing one.
  bool isSet(size_t field) const { return columns_[field].size() > rowsOf(field); }
  // The first required field of the open item or request that has no value: what endItem and
  // endRequest complain of.
  size_t missingField(Scope scope) const;
  // Only these fields, by number, get values; empty: all do. The others are missing to nobody: their columns are
  // absent, those of required fields there without values. Only for an empty builder; all or no members of a list of
  // structs.
  void useOnly(const std::vector<bool>& used);
  // The column of `field`, to be filled by many rows at once; then endRows() says how many requests of one item these
  // are, each with a value in every column that is used.
  ColumnBuffer& column(size_t field) { return columns_[field]; }
  void endRows(size_t rows);

 private:
  size_t rowsOf(size_t field) const;
  void listFields();
  bool isUsed(size_t field) const { return used_.empty() || used_[field]; }
  static size_t find(const auto& names, std::string_view name) {
    auto found = names.find(name);
    return found == names.end() ? kNoField : found->second;
  }
  Error openStructs(size_t first);
  Error finishStructs(size_t first, size_t elements, Error error);
  size_t memberOf(size_t first, std::string_view name) const;
  Error matchMembers(StructList list);

  template <class R, class Read>
  Error setMember(size_t first, const R& range, const StructMember<Read>& wanted) {
    size_t field = memberOf(first, wanted.name);
    if (field == kNoField)
      return {inputs_[first].declared() + " has no member \"" + std::string(wanted.name) + "\"", ErrorCode::BadBatch};
    ColumnBuffer& column = cell(field);
    for (const auto& element : range)
      if (std::string_view problem = append(column.elements(), std::invoke(wanted.read, element)); !problem.empty())
        return finish(field, problem);
    column.closeNested();
    return {};
  }
  Error open(size_t field);
  Error finish(size_t field, std::string_view problem);
  Error unknown(std::string_view name) const;
  void truncate(Scope scope, size_t rows);
  Error close(Scope scope);

  // Each appends one value, or says what it found instead of the column's type.
  static std::string_view appendScalar(ColumnBuffer& column, bool value);
  static std::string_view appendScalar(ColumnBuffer& column, int64_t value);
  static std::string_view appendScalar(ColumnBuffer& column, double value);
  static std::string_view appendScalar(ColumnBuffer& column, std::string_view value);

  template <class T>
  static std::string_view append(ColumnBuffer& column, const T& value) {
    if constexpr (std::same_as<T, bool>) {
      return appendScalar(column, value);
    } else if constexpr (std::integral<T>) {
      if (std::cmp_greater(value, std::numeric_limits<int64_t>::max())) return "an integer beyond int64";
      return appendScalar(column, static_cast<int64_t>(value));
    } else if constexpr (std::floating_point<T>) {
      return appendScalar(column, static_cast<double>(value));
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
      return appendScalar(column, std::string_view(value));
    } else if constexpr (requires { value.has_value(); }) {
      if (value.has_value()) return append(column, *value);
      column.appendMissing();
      return {};
    } else {
      static_assert(std::ranges::input_range<const T&>, "no value that a field can hold");
      return appendRange(column, value);
    }
  }
  template <class R>
  static std::string_view appendRange(ColumnBuffer& column, const R& range) {
    constexpr bool kPairs = requires(std::ranges::range_value_t<const R&> e) { e.first, e.second; };
    if constexpr (kPairs) {
      if (!column.type().isMap()) return "a map";
      for (const auto& [key, value] : range) {
        if (std::string_view problem = append(column.keys(), key); !problem.empty()) return problem;
        if (std::string_view problem = append(column.values(), value); !problem.empty()) return problem;
      }
    } else {
      if (!column.type().isList()) return "a list";
      // A vector<bool> hands out proxies: name the element's type.
      for (const std::ranges::range_value_t<const R&>& element : range)
        if (std::string_view problem = append(column.elements(), element); !problem.empty()) return problem;
    }
    column.closeNested();
    return {};
  }

  std::vector<InputInfo> inputs_;
  std::vector<ColumnBuffer> columns_;
  std::vector<ColumnData> views_;
  std::vector<bool> used_;           // by field; empty: all
  std::vector<size_t> fieldsOf_[3];  // by scope: those that are used
  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  std::unordered_map<std::string, size_t, NameHash, std::equal_to<>> names_;
  std::unordered_map<std::string, size_t, NameHash, std::equal_to<>> structLists_;  // by name: the first member
  std::vector<StructList> structListsOf_[3];                                        // by scope
  std::vector<int64_t> itemOffsets_{0};
  int64_t items_ = 0;
  bool inRequest_ = false;
  bool inItem_ = false;
};

}  // namespace featc
