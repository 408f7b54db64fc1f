// SPDX-License-Identifier: Apache-2.0
// CSV rows into batches: the header's binding, and cells by the types of their fields.
#include "runtime/csv_reader.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "ops/value.h"
#include "runtime/csv_record.h"
#include "runtime/json_cell.h"
#include "runtime/number_text.h"

namespace featc {
namespace {

constexpr std::string_view kQuotedEmpty = "\"\"";
constexpr size_t kShownBytes = 40;
// Keys without a field that are warned of.
constexpr size_t kMaxUndeclared = 1000;

// Why a cell or a part of it is no value of its type; empty: it was appended.
using CellError = std::string;

CellError expected(Type type, std::string_view text) {
  return fmt::format("expected {}, found {}{}", toString(type), quote(text.substr(0, kShownBytes)),
                     text.size() > kShownBytes ? "..." : "");
}

CellError numberError(NumberError error, Type type, std::string_view text) {
  if (error == NumberError::OutOfRange) return fmt::format("{} is beyond {}", quote(text), toString(type));
  return expected(type, text);
}

bool parseBool(std::string_view text, bool& out) {
  out = text == "true" || text == "True" || text == "TRUE" || text == "1";
  return out || text == "false" || text == "False" || text == "FALSE" || text == "0";
}

CellError appendScalar(std::string_view text, ColumnBuffer& column) {
  Type type = column.type();
  switch (type.kind()) {
    case Kind::Bool: {
      bool value = false;
      if (!parseBool(text, value)) return expected(type, text);
      column.appendBool(value);
      return {};
    }
    case Kind::Int64: {
      int64_t value = 0;
      NumberError error = parseInt64(text, NumberStyle::Data, value);
      if (error != NumberError::None) return numberError(error, type, text);
      column.appendInt64(value);
      return {};
    }
    case Kind::Float64: {
      double value = 0;
      NumberError error = parseFloat64(text, NumberStyle::Data, value);
      if (error != NumberError::None) return numberError(error, type, text);
      column.appendFloat64(value);
      return {};
    }
    case Kind::String: column.appendString(text); return {};
    default: return fmt::format("a cell cannot hold {}", toString(type));
  }
}

// An element of a list, a map's key or value: nothing is missing, `""` the empty string.
CellError appendPart(std::string_view text, ColumnBuffer& column) {
  if (text.empty()) {
    column.appendMissing();
    return {};
  }
  bool isString = column.type().is(Kind::String);
  return appendScalar(isString && text == kQuotedEmpty ? std::string_view() : text, column);
}

CellError appendPair(std::string_view text, ColumnBuffer& column) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return fmt::format("expected key:value, found {}", quote(text));
  if (colon == 0) return fmt::format("a key is missing in {}", quote(text));
  CellError error = appendPart(text.substr(0, colon), column.keys());
  return error.empty() ? appendPart(text.substr(colon + 1), column.values()) : error;
}

CellError appendNested(const CsvCell& cell, char delimiter, ColumnBuffer& column) {
  bool isMap = column.type().isMap();
  std::string_view rest = cell.text;
  if (rest.empty() && (isMap || !column.type().element().is(Kind::String))) {
    column.closeNested();
    return {};
  }
  if (rest.empty()) rest = kQuotedEmpty;
  for (size_t index = 0;; ++index) {
    size_t end = rest.find(delimiter);
    std::string_view part = rest.substr(0, end);
    CellError error = isMap ? appendPair(part, column) : appendPart(part, column.elements());
    if (!error.empty()) return isMap ? error : fmt::format("element {}: {}", index, error);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  column.closeNested();
  return {};
}

class CsvReader final : public RecordReader {
 public:
  CsvReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source, std::string file, bool strict, DataSink sink,
            CsvOptions options)
      : RecordReader(std::move(file), strict, std::move(sink)),
        inputs_(info.inputs),
        window_(std::move(source)),
        records_(window_, options.delimiter, options.listDelimiter, options.maxRecordBytes),
        listDelimiter_(options.listDelimiter) {}

  ReadStatus next(BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    builder.clear();
    rows.clear();
    if (columns_.empty() && !stopped_) readHeader(builder);
    while (!stopped_ && builder.items() < maxItems) {
      if (!records_.next()) {
        if (!window_.error().empty()) fail(records_.line(), fmt::format("reading failed: {}", window_.error()));
        break;
      }
      if (isBlank()) continue;
      readRow(builder, rows);
    }
    return status(builder);
  }

  bool position(ReaderPosition& out) const override {
    out = {records_.position(), records_.linesBefore(), counts_, {}, {}};
    return true;
  }
  // The header must be read all the same.
  void resumeAt(ReaderPosition position) override { resume_ = std::move(position); }

 private:
  bool isBlank() const {
    const auto& cells = records_.cells();
    return columns_.size() > 1 && cells.size() == 1 && cells[0].text.empty() && !cells[0].quoted;
  }

  // -- Header ---------------------------------------------------------------------------------------

  void readHeader(const BatchBuilder& builder) {
    skipByteOrderMark(window_);
    if (!records_.next())
      return window_.error().empty() ? fail(0, "the file is empty: its first line must name the columns")
                                     : fail(0, fmt::format("reading failed: {}", window_.error()));
    if (records_.problem() != nullptr) return fail(records_.line(), records_.problem());
    std::set<std::string_view> names;
    std::vector<bool> bound(inputs_.size());
    std::vector<bool> nested;
    for (const CsvCell& cell : records_.cells()) {
      std::string name = quote(cell.text);
      if (!names.insert(cell.text).second) fail(1, fmt::format("the column {} appears twice", name));
      Column& column = columns_.emplace_back();
      column.field = builder.field(cell.text);
      column.fields = {column.field, 1};
      if (column.field == BatchBuilder::kNoField) {
        column.field = builder.structList(cell.text);
        column.isStructList = column.field != BatchBuilder::kNoField;
        if (column.isStructList) column.fields = structListOf(inputs_, column.field);
      }
      bool isBound = column.field != BatchBuilder::kNoField;
      nested.push_back(isBound && !column.isStructList && nestingDepth(inputs_[column.field].type) == 1);
      if (!isBound) {
        unbound(cell.text);
        continue;
      }
      for (size_t i = column.fields.first; i < column.fields.end(); ++i) {
        if (bound[i]) fail(1, fmt::format("the column {} names {} a second time", name, inputs_[i].qualified()));
        bound[i] = true;
      }
    }
    checkBound(bound);
    records_.setNested(std::move(nested));
    if (!resume_ || stopped_) return;
    counts_ = resume_->counts;
    if (resume_->offset > 0 && !records_.seek(resume_->offset, resume_->line))
      fail(0, "the input ends before the place to go on from");
  }

  void unbound(std::string_view name) {
    for (const InputInfo& input : inputs_)
      if (input.name == name || input.structList == name)
        return fail(1, fmt::format("the column {0} may be request.{1} or item.{1}: name it so", quote(name), name));
    warn(fmt::format("no field is declared for the column {}", quote(name)));
  }

  void checkBound(const std::vector<bool>& bound) {
    std::string missing;
    for (size_t i = 0; i < inputs_.size();) {
      // Members of a list of structs that have no column are missing in its elements.
      StructList list = structListOf(inputs_, i);
      const InputInfo& input = inputs_[i];
      bool isBound = false;
      for (; i < list.end(); ++i) isBound = isBound || bound[i];
      if (isBound) continue;
      if (input.type.nullable())
        warn(fmt::format("the optional field {} never appears", input.declared()));
      else
        missing += fmt::format("{}{}", missing.empty() ? "" : ", ", input.declared());
    }
    if (!missing.empty()) fail(1, fmt::format("no column for what every row must have: {}", missing));
  }

  // -- Rows -------------------------------------------------------------------------------------------

  void readRow(BatchBuilder& builder, std::vector<InputRow>& rows) {
    uint64_t row = counts_.items++;
    ++counts_.requests;
    std::string error = records_.problem() != nullptr ? records_.problem() : readCells(builder);
    if (error.empty()) error = builder.endItem().message;
    if (error.empty()) error = builder.endRequest().message;
    if (error.empty()) {
      rows.push_back({row, row, 0, records_.line()});
      return;
    }
    builder.dropRequest();
    ++counts_.badItems;
    bad(records_.line(), std::move(error));
  }

  // What is wrong, or nothing: then the open request and item have all their values.
  std::string readCells(BatchBuilder& builder) {
    const auto& cells = records_.cells();
    if (cells.size() != columns_.size())
      return fmt::format("expected {} cells as in the header, found {}", columns_.size(), cells.size());
    builder.beginRequest();
    builder.beginItem();
    for (size_t i = 0; i < cells.size(); ++i) {
      const Column& column = columns_[i];
      if (column.field == BatchBuilder::kNoField) continue;
      const InputInfo& input = inputs_[column.field];
      const std::string& name = column.isStructList ? input.structList : input.name;
      if (cells[i].text.empty() && !cells[i].quoted) {
        if (!input.type.nullable()) return fmt::format("{} is missing", name);
        for (size_t f = column.fields.first; f < column.fields.end(); ++f) builder.cell(f).appendMissing();
        continue;
      }
      CellError error = column.isStructList ? appendStructs(cells[i].text, column.fields, builder)
                                            : append(cells[i], builder.cell(column.field));
      if (!error.empty()) return fmt::format("{}: {}", name, error);
    }
    return {};
  }

  CellError appendStructs(std::string_view text, StructList list, BatchBuilder& builder) {
    members_.clear();
    for (size_t i = list.first; i < list.end(); ++i) members_.push_back({memberName(inputs_[i]), &builder.cell(i)});
    return jsonCells_.appendStructs(text, members_, [&](std::string_view key) {
      std::string name = fmt::format("{}.{}", inputs_[list.first].declared(), key);
      if (undeclared_.size() < kMaxUndeclared && undeclared_.insert(name).second)
        warn(fmt::format("no field is declared for the key {}", quote(name)));
    });
  }

  // Lists and maps that hold lists and maps are written as in JSON.
  CellError append(const CsvCell& cell, ColumnBuffer& column) {
    switch (nestingDepth(column.type())) {
      case 0: return appendScalar(cell.text, column);
      case 1: return appendNested(cell, listDelimiter_, column);
      default: return jsonCells_.append(cell.text, column);
    }
  }

  std::vector<InputInfo> inputs_;
  InputWindow window_;
  CsvRecordReader records_;
  JsonCellReader jsonCells_;
  char listDelimiter_;
  struct Column {
    size_t field = BatchBuilder::kNoField;
    bool isStructList = false;  // all members of a list of structs, as JSON
    StructList fields;          // the field, or the members
  };
  std::vector<Column> columns_;
  std::vector<JsonMember> members_;
  std::set<std::string> undeclared_;
  std::optional<ReaderPosition> resume_;
};

}  // namespace

std::string checkCsvOptions(const CsvOptions& options) {
  for (char c : {options.delimiter, options.listDelimiter})
    if (c == '"' || c == '\n' || c == '\r') return "a delimiter cannot be a quote or a line end";
  if (options.delimiter == options.listDelimiter) return "the delimiter and the list delimiter must differ";
  return {};
}

std::unique_ptr<RecordReader> newCsvReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source,
                                           std::string file, bool strict, DataSink sink, CsvOptions options) {
  return std::make_unique<CsvReader>(info, std::move(source), std::move(file), strict, std::move(sink), options);
}

}  // namespace featc
