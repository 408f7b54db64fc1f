// SPDX-License-Identifier: Apache-2.0
// Random batches: rows as values (easy to cut down), and the Arrow arrays made of them.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "runtime/batch.h"
#include "tests/random/program.h"
#include "tests/random/rng.h"
#include "values/value.h"

namespace featc {

// One value a row of every field; requests hold `itemCounts[r]` items each.
struct RandomData {
  struct Column {
    RandomField field;
    std::vector<Value> rows;  // a map as a list of [key, value] lists
    // How the Arrow arrays are laid out: leading elements to skip, of children too, width of offsets, whether
    // missing cells and skipped ones hold something, whether there is no array at all.
    uint8_t layout = 0;
  };
  std::vector<int64_t> itemCounts;
  std::vector<Column> columns;

  int64_t items() const;
  const Column* find(const InputInfo& input) const;
  RandomData withoutRequest(size_t request) const;
  RandomData withoutItem(size_t request, int64_t itemOfRequest) const;
  // The same rows, nothing to be skipped in any array.
  RandomData laidOutPlainly() const;
  // As a reader of rows makes it: also without absent columns, which are columns of missing values.
  RandomData laidOutAsRead() const;
  // For reading in a report: one line a column.
  std::string text() const;
};

RandomData randomData(Rng& rng, const RandomProgram& program);

// A batch with its storage, bound to a program's inputs; requests first .. first+count-1 only.
class BoundBatch {
 public:
  BoundBatch(const RandomData& data, const ProgramInfo& info, size_t firstRequest, size_t requestCount);
  BoundBatch(const BoundBatch&) = delete;
  BoundBatch& operator=(const BoundBatch&) = delete;

  const Batch& batch() const { return batch_; }

 private:
  const ColumnData* array(Type type, const std::vector<const Value*>& rows, uint8_t layout);
  template <class T>
  T* store(size_t count);

  std::deque<std::vector<uint64_t>> storage_;
  std::deque<ColumnData> arrays_;
  std::vector<ColumnData> columns_;
  std::vector<int64_t> itemOffsets_;
  Batch batch_;
};

}  // namespace featc
