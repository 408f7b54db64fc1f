// SPDX-License-Identifier: Apache-2.0
// Results as CSV and TSV.
#include "data/csv/csv_writer.h"

#include <string>
#include <utility>
#include <vector>

#include "data/csv/cell_header.h"

namespace featc {
namespace {

constexpr char kListDelimiter = '|';
// Between the elements of a sequence group. One without an id is 0, which is not an id, so that no element and
// one without an id are told apart.
constexpr char kElementDelimiter = ';';

class CsvWriter final : public ResultWriter {
 public:
  CsvWriter(const ProgramInfo& info, char delimiter, std::string header)
      : delimiter_(delimiter), header_(std::move(header)) {
    for (const OutputInfo& output : info.outputs) dense_.push_back(output.kind == OutputKind::Dense);
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

  const char delimiter_;
  const std::string header_;
  std::vector<bool> dense_;
};

Expected<std::string> headerOf(const ProgramInfo& info, char delimiter) {
  std::vector<std::string> names;
  for (const OutputInfo& output : info.outputs) names.push_back(output.name);
  return cellHeader(names, delimiter);
}

}  // namespace

// CSV has a way to write every name.
std::unique_ptr<ResultWriter> newCsvWriter(const ProgramInfo& info) {
  return std::make_unique<CsvWriter>(info, ',', *headerOf(info, ','));
}

Expected<std::unique_ptr<ResultWriter>> newTsvWriter(const ProgramInfo& info) {
  Expected<std::string> header = headerOf(info, '\t');
  if (!header) return header.error();
  return std::unique_ptr<ResultWriter>(std::make_unique<CsvWriter>(info, '\t', *std::move(header)));
}

}  // namespace featc
