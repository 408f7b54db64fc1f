// SPDX-License-Identifier: Apache-2.0
// Record batches into a batch that is being built, value by value, so that bad rows can be left out.
#include "runtime/arrow/arrow_reader.h"

#include <fmt/format.h>

#include <cstring>

#include "runtime/arrow/arrow_batch.h"

namespace featc {
namespace {

template <class T>
T load(const void* buffer, int64_t at) {
  T value;
  std::memcpy(&value, static_cast<const char*>(buffer) + at * int64_t{sizeof(T)}, sizeof value);
  return value;
}

int64_t offsetAt(const ColumnData& column, int64_t at) {
  return column.wideOffsets ? load<int64_t>(column.offsets, at) : load<int32_t>(column.offsets, at);
}

// Appends value `row` of a column; false when its offsets are wrong.
bool append(const ColumnData& column, int64_t row, ColumnBuffer& out) {
  const int64_t at = column.offset + row;
  if (column.validity != nullptr && !bitAt(column.validity, static_cast<uint64_t>(at))) {
    out.appendMissing();
    return true;
  }
  const Type type = out.type();
  switch (type.kind()) {
    case Kind::Bool:
      out.appendBool(bitAt(static_cast<const uint8_t*>(column.values), static_cast<uint64_t>(at)));
      return true;
    case Kind::Int64: out.appendInt64(load<int64_t>(column.values, at)); return true;
    case Kind::Float64: out.appendFloat64(load<double>(column.values, at)); return true;
    default: break;
  }
  if (column.offsets == nullptr) return false;
  const int64_t begin = offsetAt(column, at);
  const int64_t end = offsetAt(column, at + 1);
  if (begin < 0 || end < begin) return false;
  if (type.is(Kind::String)) {
    if (column.values == nullptr && begin != end) return false;
    out.appendString(begin == end ? std::string_view()
                                  : std::string_view(static_cast<const char*>(column.values) + begin,
                                                     static_cast<size_t>(end - begin)));
    return true;
  }
  ColumnBuffer* children[2] = {type.isMap() ? &out.keys() : &out.elements(), type.isMap() ? &out.values() : nullptr};
  for (int c = 0; c < 2 && children[c] != nullptr; ++c) {
    const ColumnData& child = *column.children[c];
    if (end > child.length) return false;
    for (int64_t i = begin; i < end; ++i)
      if (!append(child, i, *children[c])) return false;
  }
  out.closeNested();
  return true;
}

class ArrowReader final : public RecordReader {
 public:
  ArrowReader(const ProgramInfo& info, ArrowOwner<ArrowArrayStream> in, std::string file, bool strict, DataSink sink)
      : RecordReader(std::move(file), strict, std::move(sink)), info_(info), in_(std::move(in)) {}

  ReadStatus next(BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    builder.clear();
    rows.clear();
    if (binding_ == nullptr && !stopped_) bind();
    while (!stopped_ && builder.items() < maxItems && builder.requests() < maxItems) {
      if (batch_ == nullptr || request_ == batch_->requests()) {
        if (!nextBatch()) break;
      } else {
        readRequest(builder, rows);
      }
    }
    return status(builder);
  }

 private:
  void bind() {
    ArrowOwner<ArrowSchema> schema;
    if (in_->get_schema(in_.get(), schema.get()) != 0) return fail(0, inputError());
    binding_ = std::make_unique<ArrowBinding>(info_, *schema.get());
    for (const std::string& warning : binding_->warnings()) warn(warning);
    if (!binding_->error().empty()) fail(0, binding_->error());
  }

  // False: the input has ended or cannot be read further.
  bool nextBatch() {
    ArrowOwner<ArrowArray> array;
    batch_ = nullptr;
    if (in_->get_next(in_.get(), array.get()) != 0) {
      fail(counts_.items, inputError());
      return false;
    }
    if (array.isReleased()) return false;
    batch_ = std::make_unique<ArrowBatch>(*binding_, std::move(array));
    request_ = 0;
    if (!batch_->error().empty()) fail(0, batch_->error());
    return batch_->error().empty();
  }

  std::string inputError() {
    const char* text = in_->get_last_error(in_.get());
    return fmt::format("reading failed: {}", text == nullptr ? "no reason given" : text);
  }

  // Gives the open row the values that row `row` of the columns has; else says what is wrong.
  std::string readFields(BatchBuilder& builder, Scope scope, int64_t row) {
    if (batch_->isBad(scope, row)) return "a value is beyond int64";
    for (size_t i = 0; i < info_.inputs.size(); ++i) {
      const ColumnData& column = batch_->columns()[i];
      if (info_.inputs[i].scope != scope || column.absent) continue;
      const auto at = static_cast<uint64_t>(column.offset + row);
      if (column.validity != nullptr && !bitAt(column.validity, at) && !info_.inputs[i].type.nullable())
        return fmt::format("{} is missing", info_.inputs[i].name);
      ColumnBuffer& cell = builder.cell(i);
      const size_t before = cell.size();
      if (append(column, row, cell)) continue;
      cell.truncate(before);
      return fmt::format("{}: its offsets are wrong", info_.inputs[i].name);
    }
    return {};
  }

  void readRequest(BatchBuilder& builder, std::vector<InputRow>& rows) {
    const int64_t request = request_++;
    const int64_t begin = batch_->itemOffset(request);
    const int64_t end = batch_->itemOffset(request + 1);
    const uint64_t number = counts_.requests++;
    const uint64_t firstRow = counts_.items;
    const auto items = static_cast<uint64_t>(end - begin);
    counts_.items += items;
    builder.beginRequest();
    if (std::string problem = readFields(builder, Scope::Request, request); !problem.empty()) {
      builder.dropRequest();
      ++counts_.badRequests;
      counts_.lostItems += items;
      return bad(number + 1, std::move(problem));
    }
    for (uint64_t item = 0; item < items && !stopped_; ++item) {
      builder.beginItem();
      std::string problem = readFields(builder, Scope::Item, begin + static_cast<int64_t>(item));
      if (problem.empty()) problem = builder.endItem().message;
      if (problem.empty()) {
        rows.push_back({firstRow + item, number, item, number + 1});
        continue;
      }
      if (builder.inItem()) builder.dropItem();
      ++counts_.badItems;
      bad(number + 1, binding_->isNested() ? fmt::format("item {}: {}", item, problem) : problem);
    }
    builder.endRequest();
  }

  const ProgramInfo info_;
  ArrowOwner<ArrowArrayStream> in_;
  std::unique_ptr<ArrowBinding> binding_;
  std::unique_ptr<ArrowBatch> batch_;
  int64_t request_ = 0;  // the next one in the batch
};

}  // namespace

std::unique_ptr<RecordReader> newArrowReader(const ProgramInfo& info, ArrowOwner<ArrowArrayStream> in, std::string file,
                                             bool strict, DataSink sink) {
  return std::make_unique<ArrowReader>(info, std::move(in), std::move(file), strict, std::move(sink));
}

}  // namespace featc
