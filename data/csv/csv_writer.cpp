// SPDX-License-Identifier: Apache-2.0
// Results as CSV and TSV.
#include "data/csv/csv_writer.h"

#include <fmt/format.h>

#include <vector>

#include "values/value.h"

namespace featc {
namespace {

constexpr char kListDelimiter = '|';
// Between the elements of a sequence group. One without an id is 0, which is not an id, so that no element and
// one without an id are told apart.
constexpr char kElementDelimiter = ';';

void appendName(std::string& out, std::string_view name, char delimiter) {
  if (delimiter == '\t' || name.find_first_of("\"\r\n,") == std::string_view::npos) {
    out += name;
    return;
  }
  out += '"';
  for (char c : name) {
    if (c == '"') out += c;
    out += c;
  }
  out += '"';
}

class CsvWriter final : public ResultWriter {
 public:
  CsvWriter(const ProgramInfo& info, char delimiter) : delimiter_(delimiter) {
    for (const OutputInfo& output : info.outputs) {
      if (!dense_.empty()) header_ += delimiter;
      appendName(header_, output.name, delimiter);
      dense_.push_back(output.kind == OutputKind::Dense);
    }
    header_ += '\n';
  }

  void begin(std::string& out) const override { out += header_; }

  void write(const Result& result, std::span<const InputRow>, std::string& out) const override {
    for (int64_t item = 0; item < result.items(); ++item) {
      if (result.status(item) != RowStatus::Ok) continue;
      for (size_t i = 0; i < dense_.size(); ++i) {
        if (i != 0) out += delimiter_;
        const OutputColumn& column = result.output(i);
        if (column.perElement)
          appendElements(result, column, dense_[i], item, out);
        else if (dense_[i])
          appendDense(denseOf(result, column, item), out);
        else
          appendIds(idsOf(result, column, item), out);
      }
      out += '\n';
    }
  }

 private:
  static void appendElements(const Result& result, const OutputColumn& column, bool dense, int64_t item,
                             std::string& out) {
    ElementRange elements = elementsOf(result, column, item);
    for (int64_t element = elements.begin; element < elements.end; ++element) {
      if (element != elements.begin) out += kElementDelimiter;
      if (dense) {
        appendDense(denseAt(column, element), out);
        continue;
      }
      ItemIds ids = idsAt(column, element);
      if (ids.ids.empty()) out += '0';
      appendIds(ids, out);
    }
  }
  static void appendDense(std::span<const float> values, std::string& out) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (i != 0) out += kListDelimiter;
      appendFloat(out, values[i]);
    }
  }
  static void appendIds(const ItemIds& values, std::string& out) {
    for (size_t i = 0; i < values.ids.size(); ++i) {
      if (i != 0) out += kListDelimiter;
      appendUnsigned(out, values.ids[i]);
      if (values.weights.empty()) continue;
      out += ':';
      appendFloat(out, values.weights[i]);
    }
  }

  char delimiter_;
  std::string header_;
  std::vector<bool> dense_;
};

}  // namespace

std::unique_ptr<ResultWriter> newCsvWriter(const ProgramInfo& info) { return std::make_unique<CsvWriter>(info, ','); }

Expected<std::unique_ptr<ResultWriter>> newTsvWriter(const ProgramInfo& info) {
  for (const OutputInfo& output : info.outputs) {
    if (output.name.find_first_of("\t\r\n") == std::string::npos) continue;
    return Error(fmt::format("TSV has no way to write the name {}: it holds a tab or line end; use --format csv",
                             quote(output.name)),
                 ErrorCode::BadArgument);
  }
  return std::unique_ptr<ResultWriter>(std::make_unique<CsvWriter>(info, '\t'));
}

}  // namespace featc
