// SPDX-License-Identifier: Apache-2.0
// Record batches of Arrow as batches for an Extractor. docs/arrow.md says which columns serve which fields.
//
//   featc::ArrowBinding binding(extractor.info(), schema);
//   if (!binding.error().empty()) ...
//   featc::ArrowBatch batch(binding, std::move(array));
//   if (!batch.error().empty()) ...
//   featc::ArrowSlice slice;
//   extractor.run(batch.slice(0, batch.requests(), slice), scratch, result);
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "data/arrow/arrow_columns.h"
#include "data/data_notes.h"
#include "runtime/program_info.h"

namespace featc {

// What is wanted of a column: nothing, to know where it is missing, or its values.
enum class ArrowWanted : uint8_t { Nothing, Presence, Values };

// Which column serves which field: by name, as `request.x` or `item.x` where a name is in both scopes. With a
// column `items` that is a list of structs, and no field of that name, a row is one request and the structs
// are its items; otherwise a row is one request with one item.
class ArrowBinding {
 public:
  static constexpr size_t kNone = SIZE_MAX;

  // `used`, by field, tells whether anything is computed of it (ProgramLayout::inputUsed); empty: all are. An optional
  // field that is not used is not missed, and neither its values are read nor, but for missing ones, those of a
  // required one.
  ArrowBinding(const ProgramInfo& info, const ArrowSchema& schema, const std::vector<bool>& used = {});

  // All that does not fit, one after another; empty: everything fits.
  const std::string& error() const { return error_; }
  // A line for each column that no field uses.
  const std::vector<std::string>& unknownColumns() const { return unknown_; }
  // One line that lists the optional fields without a column; empty: there is none.
  std::string absentFields() const;
  // Both.
  std::vector<std::string> warnings() const;
  bool isNested() const { return items_ != kNone; }
  // Whether rows must go through a BatchBuilder, for members of a list of structs that come in columns of their own and
  // so may differ in length, or have no column although another member has one.
  bool needsBuilder() const;
  // The column that serves field `i`, which it may share with other members of a list of structs, for an item field of
  // nested items the field of the structs; kNone: none.
  size_t columnOf(size_t i) const { return columns_[i]; }

  // From now on only these fields are used.
  void useOnly(const std::vector<bool>& used);
  // By column of the table.
  std::vector<ArrowWanted> wanted() const;
  // From now on batches lack the columns of which nothing is wanted. A required field that had one has no missing
  // value.
  void keep(const std::vector<ArrowWanted>& wanted);

 private:
  friend class ArrowBatch;

  void bind(const ProgramInfo& info, const std::vector<ArrowType>& columns, bool ofItems);
  bool isUsed(size_t field) const { return used_.empty() || used_[field]; }
  void bindStructs(StructList list, const ArrowType& column, size_t index, const std::string& shown);
  void addError(std::string text);

  std::vector<InputInfo> inputs_;
  uint32_t semantics_;
  std::vector<bool> used_;       // by field; empty: all are
  std::vector<size_t> columns_;  // by field
  std::vector<size_t> members_;  // by field: which member of the column, a list of structs; kNone: the whole column
  ArrowType schema_;
  size_t items_ = kNone;  // the column of nested items
  std::string error_;
  std::vector<std::string> unknown_;
  std::vector<std::string> absent_;  // names of fields
};

// A part of an ArrowBatch as a call reads it; reused from slice to slice.
struct ArrowSlice {
  std::vector<ColumnData> columns;
  std::vector<int64_t> itemOffsets;
};

// One record batch with what was made to read it. Immutable: threads may take slices at the same time.
class ArrowBatch {
 public:
  // Owns the array, and keeps it until it is destroyed.
  ArrowBatch(const ArrowBinding& binding, ArrowOwner<ArrowArray> array);
  ArrowBatch(const ArrowBatch&) = delete;
  ArrowBatch& operator=(const ArrowBatch&) = delete;

  // Why the array cannot be read, with the column's name; empty: it can.
  const std::string& error() const { return error_; }
  int64_t requests() const { return requests_; }
  int64_t items() const { return items_; }
  // Where the items of request `r` start, for r from 0 to requests().
  int64_t itemOffset(int64_t r) const { return itemOffsets_.empty() ? r : itemOffsets_[static_cast<size_t>(r)]; }
  // Whole columns by field, and whether one of them had to be converted. Of fields that are not used those of optional
  // ones are absent, and required ones have no values.
  const std::vector<ColumnData>& columns() const { return columns_; }
  bool isConverted(size_t field) const { return converted_[field]; }
  // Whether the value of a request, or of an item, is one that its field cannot hold.
  bool isBad(size_t field, int64_t row) const {
    const ArrowColumns::Bad& bad = badOf_[field];
    return !bad.empty() && bad[static_cast<size_t>(row)] != 0;
  }

  // Whether all values of these requests and their items are ones that their fields can hold, and none is missing that
  // must not be.
  bool isGood(int64_t begin, int64_t end) const;

  // Integers beyond int64, by field; a line is the number of a request from 1, where `before` come before this batch.
  std::vector<DataNote> notes(uint64_t before) const;

  // Requests begin .. begin + count - 1 with their items. Borrows from this and from `slice`.
  Batch slice(int64_t begin, int64_t count, ArrowSlice& slice) const;

 private:
  bool read(const ArrowBinding& binding);
  // The fields of one scope, or of both, out of the children of a struct array.
  bool readFields(const ArrowBinding& binding, const ArrowType& from, const ArrowArray& array, int64_t begin,
                  int64_t count, bool requests, bool items);
  bool readItems(const ArrowBinding& binding);
  // Required fields that are not used are there, without values.
  void makePresent(const ArrowBinding& binding);

  ArrowOwner<ArrowArray> array_;
  std::deque<ArrowColumns> made_;
  std::vector<Scope> scopes_;
  std::vector<bool> required_;
  std::vector<ColumnData> columns_;
  std::vector<bool> converted_;
  std::vector<ArrowColumns::Bad> badOf_;  // by field
  std::vector<WideCount> wide_;           // by field
  ArrowColumns::Bad badRequests_;
  ArrowColumns::Bad badItems_;
  std::vector<int64_t> itemOffsets_;  // empty: one item a request
  int64_t requests_ = 0;
  int64_t items_ = 0;
  std::string error_;
};

}  // namespace featc
