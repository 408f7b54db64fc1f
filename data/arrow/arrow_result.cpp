// SPDX-License-Identifier: Apache-2.0
// Lays results out as Arrow arrays, sharing what has Arrow's layout already.
#include "data/arrow/arrow_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <numeric>

#include "data/arrow/arrow_builder.h"
#include "data/run_totals.h"

namespace featc {
namespace {

// -- Schema -----------------------------------------------------------------------------------------

// The type of one row, or of one element of a sequence group.
void idsSchema(const OutputInfo& output, const char* list, std::string name, std::string metadata, ArrowSchema* out) {
  makeArrowSchema(out, list, std::move(name), 1, std::move(metadata));
  if (!output.hasWeights()) return makeArrowSchema(out->children[0], "L", "item");
  ArrowSchema* pair = out->children[0];
  makeArrowSchema(pair, "+s", "item", 2);
  makeArrowSchema(pair->children[0], "L", "id");
  makeArrowSchema(pair->children[1], "f", "weight");
}

void denseSchema(const OutputInfo& output, std::string name, std::string metadata, ArrowSchema* out) {
  if (output.width == 1) return makeArrowSchema(out, "f", std::move(name), 0, std::move(metadata));
  makeArrowSchema(out, fmt::format("+w:{}", output.width), std::move(name), 1, std::move(metadata));
  makeArrowSchema(out->children[0], "f", "item");
}

void columnSchema(const OutputInfo& output, const char* list, bool idLists, ArrowSchema* out) {
  std::vector<std::pair<std::string, std::string>> metadata = {
      {"featc.kind", std::string(outputKindName(output.kind))}};
  if (output.kind != OutputKind::Dense) metadata.emplace_back("featc.slot", std::to_string(output.slot));
  if (output.length != 0) metadata.emplace_back("featc.length", std::to_string(output.length));
  if (output.padLeft) metadata.emplace_back("featc.pad", "left");
  std::string text = arrowMetadata(metadata);
  std::string name = output.name;
  ArrowSchema* at = out;
  if (!output.group.empty()) {
    makeArrowSchema(out, list, std::move(name), 1, std::move(text));
    at = out->children[0];
    name = "item";
    text.clear();
  }
  if (output.kind == OutputKind::Dense) return denseSchema(output, std::move(name), std::move(text), at);
  if (!output.hasSeveralIds() && (!output.group.empty() || !idLists))
    return makeArrowSchema(at, "L", std::move(name), 0, std::move(text));
  idsSchema(output, list, std::move(name), std::move(text), at);
}

// -- Values -----------------------------------------------------------------------------------------

// What made buffers and the result live in.
struct Kept {
  std::shared_ptr<const Result> result;
  std::deque<std::unique_ptr<uint64_t[]>> words;

  // Of zeros.
  template <class T>
  T* make(size_t count) {
    return reinterpret_cast<T*>(words.emplace_back(std::make_unique<uint64_t[]>(wordsOf<T>(count))).get());
  }
  // To be filled in.
  template <class T>
  T* makeUnset(size_t count) {
    return reinterpret_cast<T*>(
        words.emplace_back(std::make_unique_for_overwrite<uint64_t[]>(wordsOf<T>(count))).get());
  }

 private:
  template <class T>
  static size_t wordsOf(size_t count) {
    return (count * sizeof(T) + 7) / 8 + 1;
  }
};

// Which rows of a column, or elements of a sequence group, make up an array: the first `count`, or those that
// `picks` names. kNone stands for a row without a value.
struct Selection {
  static constexpr int64_t kNone = -1;
  int64_t count = 0;
  bool all = true;
  std::vector<int64_t> picks;

  int64_t operator[](int64_t i) const { return all ? i : picks[static_cast<size_t>(i)]; }
};

struct Range {
  int64_t begin = 0;
  int64_t size = 0;
};

Range rangeOf(std::span<const int64_t> offsets, int64_t row) {
  if (row == Selection::kNone) return {};
  auto r = static_cast<size_t>(row);
  return {offsets[r], offsets[r + 1] - offsets[r]};
}

class ColumnExporter {
 public:
  ColumnExporter(const std::shared_ptr<Kept>& kept, const uint8_t* validity, int64_t nulls, const ArrowExport& options)
      : kept_(kept), validity_(validity), nulls_(nulls), largeLists_(options.largeLists), idLists_(options.idLists) {}

  // False: more than an int32 can count.
  bool column(const OutputColumn& column, const Selection& rows, ArrowArray* out) {
    if (!column.perElement) return values(column, rows, validity_, nulls_, out);
    Selection elements;
    auto range = [&](int64_t row) { return rangeOf(column.elementOffsets, row); };
    if (!list(rows, validity_, nulls_, column.elementOffsets, range, elements, out)) return false;
    if (column.width == 0 && !column.ragged) return numbers(column.ids, elements, out->children[0]), true;
    return values(column, elements, nullptr, 0, out->children[0]);
  }

 private:
  bool values(const OutputColumn& column, const Selection& rows, const uint8_t* validity, int64_t nulls,
              ArrowArray* out) {
    if (column.width == 1) return dense(column.dense, 1, rows, validity, nulls, out), true;
    if (column.width > 1) {
      makeArrowArray(out, rows.count, nulls, {validity}, kept_, 1);
      dense(column.dense, column.width, rows, nullptr, 0, out->children[0]);
      return true;
    }
    if (!column.ragged && !column.weighted && !idLists_) return singleIds(column.ids, rows, out), true;
    Selection ids;
    auto range = [&](int64_t row) -> Range {
      if (column.ragged) return rangeOf(column.offsets, row);
      if (row == Selection::kNone || column.ids[static_cast<size_t>(row)] == 0) return {};
      return {row, 1};
    };
    const std::span<const int64_t> offsets = column.ragged ? column.offsets : std::span<const int64_t>();
    if (!list(rows, validity, nulls, offsets, range, ids, out)) return false;
    if (!column.weighted) return numbers(column.ids, ids, out->children[0]), true;
    ArrowArray* pairs = out->children[0];
    makeArrowArray(pairs, ids.count, 0, {nullptr}, kept_, 2);
    numbers(column.ids, ids, pairs->children[0]);
    numbers(column.weights, ids, pairs->children[1]);
    return true;
  }

  // A list array; `elements` become those of its child, which is left to be filled in. `own`: where the result has the
  // offsets of its rows, if it has.
  template <class RangeOf>
  bool list(const Selection& rows, const uint8_t* validity, int64_t nulls, std::span<const int64_t> own,
            RangeOf rangeOfRow, Selection& elements, ArrowArray* out) {
    if (!largeLists_) return listOf<int32_t>(rows, validity, nulls, rangeOfRow, elements, out);
    if (!rows.all || own.empty() || own[0] != 0)
      return listOf<int64_t>(rows, validity, nulls, rangeOfRow, elements, out);
    elements.count = own[static_cast<size_t>(rows.count)];
    makeArrowArray(out, rows.count, nulls, {validity, own.data()}, kept_, 1);
    return true;
  }

  template <class Offset, class RangeOf>
  bool listOf(const Selection& rows, const uint8_t* validity, int64_t nulls, RangeOf rangeOfRow, Selection& elements,
              ArrowArray* out) {
    auto* offsets = kept_->makeUnset<Offset>(static_cast<size_t>(rows.count) + 1);
    int64_t total = 0;
    offsets[0] = 0;
    for (int64_t i = 0; i < rows.count; ++i) {
      const Range range = rangeOfRow(rows[i]);
      // In place only while each row goes on where the one before ended.
      if (range.size != 0 && range.begin != total) elements.all = false;
      total += range.size;
      if (total > std::numeric_limits<Offset>::max()) return false;
      offsets[i + 1] = static_cast<Offset>(total);
    }
    elements.count = total;
    if (!elements.all) {
      elements.picks.resize(static_cast<size_t>(total));
      int64_t* picks = elements.picks.data();
      for (int64_t i = 0; i < rows.count; ++i) {
        const Range range = rangeOfRow(rows[i]);
        for (int64_t k = 0; k < range.size; ++k) picks[k] = range.begin + k;
        picks += range.size;
      }
    }
    makeArrowArray(out, rows.count, nulls, {validity, offsets}, kept_, 1);
    return true;
  }

  // At most one id a row: null where there is none.
  void singleIds(std::span<const uint64_t> ids, const Selection& rows, ArrowArray* out) {
    const uint64_t* data = ids.data();
    if (!rows.all) {
      auto* made = kept_->makeUnset<uint64_t>(static_cast<size_t>(rows.count));
      const int64_t* picks = rows.picks.data();
      for (int64_t i = 0; i < rows.count; ++i) made[i] = picks[i] == Selection::kNone ? 0 : data[picks[i]];
      data = made;
    }
    const int64_t nulls = std::count(data, data + rows.count, uint64_t{0});
    uint8_t* present = nullptr;
    if (nulls > 0) {
      present = kept_->make<uint8_t>(static_cast<size_t>(rows.count) / 8 + 1);
      int64_t i = 0;
      for (; i + 8 <= rows.count; i += 8) {
        unsigned byte = 0;
        for (unsigned bit = 0; bit < 8; ++bit) byte |= (data[i + bit] != 0 ? 1U : 0U) << bit;
        present[i / 8] = static_cast<uint8_t>(byte);
      }
      for (; i < rows.count; ++i) setBit(present, static_cast<uint64_t>(i), data[i] != 0);
    }
    makeArrowArray(out, rows.count, nulls, {present, data}, kept_);
  }

  template <class T>
  void numbers(std::span<const T> values, const Selection& selection, ArrowArray* out) {
    const void* data = values.data();
    if (!selection.all) {
      auto* made = kept_->makeUnset<T>(static_cast<size_t>(selection.count));
      const int64_t* picks = selection.picks.data();
      for (int64_t i = 0; i < selection.count; ++i) made[i] = values.data()[picks[i]];
      data = made;
    }
    makeArrowArray(out, selection.count, 0, {nullptr, data}, kept_);
  }

  void dense(std::span<const float> values, uint32_t width, const Selection& rows, const uint8_t* validity,
             int64_t nulls, ArrowArray* out) {
    const float* data = values.data();
    if (!rows.all) {
      auto* made = kept_->make<float>(static_cast<size_t>(rows.count) * width);
      for (int64_t i = 0; i < rows.count; ++i)
        if (rows[i] != Selection::kNone) std::copy_n(data + rows[i] * width, width, made + i * width);
      data = made;
    }
    makeArrowArray(out, rows.count * width, nulls, {validity, data}, kept_);
  }

  const std::shared_ptr<Kept>& kept_;
  const uint8_t* validity_;
  int64_t nulls_;
  bool largeLists_;
  bool idLists_;
};

// The items that are exported, as rows of request columns where `byRequest`.
Selection selectRows(const Result& result, bool leaveOutFailed, bool anyFailed, bool byRequest) {
  Selection rows;
  rows.count = result.items();
  rows.all = !anyFailed;
  for (int64_t i = 0; rows.all && byRequest && i < result.items(); ++i) rows.all = result.requestOf(i) == i;
  if (rows.all) return rows;
  for (int64_t i = 0; i < result.items(); ++i) {
    const bool isFailed = result.status(i) != RowStatus::Ok;
    if (isFailed && leaveOutFailed) continue;
    rows.picks.push_back(isFailed ? Selection::kNone : (byRequest ? result.requestOf(i) : i));
  }
  rows.count = static_cast<int64_t>(rows.picks.size());
  return rows;
}

void exportStatus(const Result& result, const ArrowExport& options, int64_t rows, const std::shared_ptr<Kept>& kept,
                  ArrowArray* out) {
  auto* offsets = kept->makeUnset<int32_t>(static_cast<size_t>(rows) + 1);
  offsets[0] = 0;
  std::string text;
  int64_t row = 0;
  for (int64_t i = 0; i < result.items(); ++i) {
    if (options.leaveOutFailed && result.status(i) != RowStatus::Ok) continue;
    text += statusName(result.status(i));
    offsets[++row] = static_cast<int32_t>(text.size());
  }
  auto* bytes = kept->makeUnset<char>(text.size());
  std::copy(text.begin(), text.end(), bytes);
  makeArrowArray(out, rows, 0, {nullptr, offsets, bytes}, kept);
}

}  // namespace

void exportArrowSchema(const ProgramInfo& info, const ArrowExport& options, ArrowSchema* out) {
  auto columns = static_cast<int64_t>(info.outputs.size());
  std::vector<std::pair<std::string, std::string>> metadata = {{"featc.model", info.model},
                                                               {"featc.semantics", std::to_string(info.semantics)}};
  if (!options.idLists) metadata.emplace_back("featc.schema", kArrowSchemaVersion);
  makeArrowSchema(out, "+s", "", columns + (options.withStatus ? 1 : 0), arrowMetadata(metadata));
  out->flags = 0;
  const char* list = options.largeLists ? "+L" : "+l";
  for (int64_t i = 0; i < columns; ++i)
    columnSchema(info.outputs[static_cast<size_t>(i)], list, options.idLists, out->children[i]);
  if (options.withStatus) makeArrowSchema(out->children[columns], "u", kArrowStatusColumn);
}

std::string exportArrowResult(const ProgramInfo& info, const ArrowExport& options,
                              const std::shared_ptr<const Result>& result, ArrowArray* out) {
  auto kept = std::make_shared<Kept>();
  kept->result = result;
  int64_t failed = 0;
  for (int64_t i = 0; i < result->items(); ++i) failed += result->status(i) != RowStatus::Ok ? 1 : 0;
  const Selection byItem = selectRows(*result, options.leaveOutFailed, failed > 0, false);
  const Selection byRequest = selectRows(*result, options.leaveOutFailed, failed > 0, true);

  const uint8_t* validity = nullptr;
  const int64_t nulls = options.leaveOutFailed ? 0 : failed;
  if (nulls > 0) {
    auto* bits = kept->make<uint8_t>(static_cast<size_t>(byItem.count) / 8 + 1);
    for (int64_t i = 0; i < byItem.count; ++i) setBit(bits, static_cast<uint64_t>(i), byItem[i] != Selection::kNone);
    validity = bits;
  }

  auto columns = static_cast<int64_t>(info.outputs.size());
  ArrowOwner<ArrowArray> table;
  makeArrowArray(table.get(), byItem.count, 0, {nullptr}, kept, columns + (options.withStatus ? 1 : 0));
  ColumnExporter exporter(kept, validity, nulls, options);
  for (int64_t i = 0; i < columns; ++i) {
    const OutputColumn& column = result->output(static_cast<size_t>(i));
    if (!exporter.column(column, column.scope == Scope::Item ? byItem : byRequest, table->children[i]))
      return fmt::format("{}: more than {} values in one batch: give fewer rows at a time",
                         info.outputs[static_cast<size_t>(i)].name, INT32_MAX);
  }
  if (options.withStatus) exportStatus(*result, options, byItem.count, kept, table->children[columns]);
  table.moveTo(out);
  return {};
}

}  // namespace featc
