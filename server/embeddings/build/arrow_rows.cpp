// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/arrow_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "data/arrow/arrow_columns.h"
#include "data/arrow/arrow_type.h"
#include "runtime/batch.h"

namespace featc {

namespace {

constexpr int64_t kBatchRows = 16'384;

double numberAt(const ColumnData& column, int64_t i) {
  double number;
  std::memcpy(&number, static_cast<const char*>(column.values) + (column.offset + i) * int64_t{sizeof number},
              sizeof number);
  return number;
}
uint64_t idAt(const ColumnData& column, int64_t i) {
  uint64_t id;
  std::memcpy(&id, static_cast<const char*>(column.values) + (column.offset + i) * int64_t{sizeof id}, sizeof id);
  return id;
}

class ArrowRows final : public RowSource {
 public:
  ArrowRows(ArrowInput in, std::string file) : in_(std::move(in)), file_(std::move(file)) {}

  const std::string& file() const override { return file_; }
  uint32_t dim() const override { return dim_; }

  Error open(const RowColumns& columns) {
    ArrowOwner<ArrowSchema> schema;
    if (in_.stream->get_schema(in_.stream.get(), schema.get()) != 0) return streamError();
    type_ = ArrowType::of(*schema.get());
    if (type_.kind != ArrowKind::Struct || type_.children.empty()) return fail("it has no columns");
    std::vector<ArrowWanted> wanted(type_.children.size(), ArrowWanted::Nothing);
    if (Error missing = choose(columns.id, Type::int64(), id_)) return missing;
    if (Error missing = choose(columns.vector, Type::list(Type::float64()), vector_)) return missing;
    if (!in_.choose) return {};
    wanted[id_] = wanted[vector_] = ArrowWanted::Values;
    if (std::string problem = in_.choose(wanted); !problem.empty()) return fail(problem);
    // Batches now have these two only, in the order of the file.
    ArrowType both;
    both.kind = ArrowKind::Struct;
    both.children.push_back(type_.children[std::min(id_, vector_)].copy());
    both.children.push_back(type_.children[std::max(id_, vector_)].copy());
    const bool isIdFirst = id_ < vector_;
    type_ = std::move(both);
    id_ = isIdFirst ? 0 : 1;
    vector_ = isIdFirst ? 1 : 0;
    return {};
  }

  Expected<bool> next(RowBatch& batch) override {
    while (array_.isReleased() || at_ == array_->length) {
      array_ = {};
      at_ = 0;
      if (in_.stream->get_next(in_.stream.get(), array_.get()) != 0) return streamError();
      if (array_.isReleased()) return false;
      if (array_->n_children != static_cast<int64_t>(type_.children.size()) || array_->length < 0)
        return fail("a batch has other columns than the file");
    }
    const int64_t count = std::min(kBatchRows, array_->length - at_);
    batch.firstRow = row_;
    if (Error bad = read(at_, count, batch)) return bad;
    at_ += count;
    row_ += static_cast<uint64_t>(count);
    return true;
  }

 private:
  Error fail(const std::string& what) const {
    return {fmt::format("{}: {}", file_, what), ErrorCode::BadArgument, file_};
  }
  Error streamError() {
    const char* why = in_.stream->get_last_error(in_.stream.get());
    return fail(why == nullptr ? "it cannot be read" : why);
  }

  Error choose(const std::string& name, Type type, size_t& column) const {
    std::string names;
    for (column = 0; column < type_.children.size(); ++column) {
      if (type_.children[column].name == name) break;
      names += (names.empty() ? "" : ", ") + type_.children[column].name;
    }
    const bool isId = type == Type::int64();
    if (column == type_.children.size())
      return fail(fmt::format("it has no column \"{}\" for the {}; its columns are {}: choose one with {}=COLUMN", name,
                              isId ? "ids" : "vectors", names, isId ? "id" : "vector"));
    std::string problem = whyNotReadable(type_.children[column], type);
    if (problem.empty()) return {};
    return fail(fmt::format("column \"{}\" is {}, and {}", name, toString(type_.children[column]),
                            isId ? "ids are integers" : "a vector is a list of numbers"));
  }

  Error read(int64_t begin, int64_t count, RowBatch& batch) {
    ArrowColumns columns;
    ColumnData ids;
    ColumnData vectors;
    ArrowColumns::Bad badIds;
    ArrowColumns::Bad badVectors;
    begin += array_->offset;
    if (!columns.read(type_.children[id_], *array_->children[id_], Type::int64(), begin, count, ids, badIds) ||
        !columns.read(type_.children[vector_], *array_->children[vector_], Type::list(Type::float64()), begin, count,
                      vectors, badVectors))
      return fail(columns.error());
    const auto rows = static_cast<size_t>(count);
    batch.ids.resize(rows);
    batch.missing.assign(rows, 0);
    batch.numbers.clear();
    for (int64_t i = 0; i < count; ++i) {
      const auto row = static_cast<size_t>(i);
      auto badRow = [&](const std::string& what) { return rowError(*this, batch, row, what); };
      if (!isPresent(ids, i)) return badRow("it has no id");
      if (!badIds.empty() && badIds[row] != 0) return badRow("its id is not an integer");
      batch.ids[row] = idAt(ids, i);
      batch.missing[row] = isPresent(vectors, i) ? 0 : 1;
      if (batch.missing[row] != 0) continue;
      if (!badVectors.empty() && badVectors[row] != 0) return badRow("its vector is not a list of numbers");
      const int64_t first = offsetAt(vectors, vectors.offset + i);
      const int64_t size = offsetAt(vectors, vectors.offset + i + 1) - first;
      if (dim_ == 0) dim_ = static_cast<uint32_t>(std::min<int64_t>(size, UINT32_MAX));
      if (size == 0) return badRow(fmt::format("the vector of id {} has no numbers", batch.ids[row]));
      if (size != int64_t{dim_})
        return badRow(
            fmt::format("the vector of id {} has {} numbers, and those before have {}", batch.ids[row], size, dim_));
      batch.numbers.resize(row * dim_);
      const ColumnData& elements = *vectors.children[0];
      for (int64_t k = first; k < first + size; ++k) {
        if (!isPresent(elements, k))
          return badRow(fmt::format("number {} of the vector of id {} is missing", k - first + 1, batch.ids[row]));
        batch.numbers.push_back(static_cast<float>(numberAt(elements, k)));
      }
    }
    batch.numbers.resize(rows * dim_);
    return {};
  }

  ArrowInput in_;
  std::string file_;
  ArrowType type_;
  size_t id_ = 0;  // column
  size_t vector_ = 0;
  uint32_t dim_ = 0;
  ArrowOwner<ArrowArray> array_;
  int64_t at_ = 0;    // row of the array
  uint64_t row_ = 1;  // of the file
};

}  // namespace

Expected<std::unique_ptr<RowSource>> openArrowRows(ArrowInput in, std::string file, const RowColumns& columns) {
  auto rows = std::make_unique<ArrowRows>(std::move(in), std::move(file));
  if (Error problem = rows->open(columns)) return problem;
  return std::unique_ptr<RowSource>(std::move(rows));
}

}  // namespace featc
