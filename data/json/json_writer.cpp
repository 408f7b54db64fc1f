// SPDX-License-Identifier: Apache-2.0
// Results as JSON lines.
#include "data/json/json_writer.h"

#include <fmt/format.h>

#include <vector>

#include "support/json_quote.h"

namespace featc {
namespace {

class JsonWriter final : public ResultWriter {
 public:
  explicit JsonWriter(const ProgramInfo& info) {
    for (const OutputInfo& output : info.outputs) {
      keys_.push_back(fmt::format("{}{}: [", keys_.empty() ? "" : ", ", jsonQuote(output.name)));
      dense_.push_back(output.kind == OutputKind::Dense);
      manyAnElement_.push_back(!output.group.empty() && (!output.emitted().isScalar() || output.width > 1));
    }
  }

  void write(const Result& result, std::span<const InputRow> rows, std::string& out) const override {
    for (int64_t item = 0; item < result.items(); ++item) {
      if (result.status(item) != RowStatus::Ok) continue;
      const InputRow& row = rows[static_cast<size_t>(item)];
      out += "{\"row\": ";
      appendUnsigned(out, row.row);
      out += ", \"request\": ";
      appendUnsigned(out, row.request);
      out += ", \"item\": ";
      appendUnsigned(out, row.item);
      out += ", \"features\": {";
      for (size_t i = 0; i < keys_.size(); ++i) {
        out += keys_[i];
        const OutputColumn& column = result.output(i);
        if (column.perElement)
          appendElements(result, i, item, out);
        else if (dense_[i])
          appendDense(denseOf(result, column, item), out);
        else
          appendIds(idsOf(result, column, item), out);
        out += ']';
      }
      out += "}}\n";
    }
  }

 private:
  // One value an element, null where there is no id; a list an element where the output's values are lists.
  void appendElements(const Result& result, size_t output, int64_t item, std::string& out) const {
    const OutputColumn& column = result.output(output);
    ElementRange elements = elementsOf(result, column, item);
    for (int64_t element = elements.begin; element < elements.end; ++element) {
      if (element != elements.begin) out += ", ";
      if (manyAnElement_[output]) out += '[';
      if (dense_[output]) {
        appendDense(denseAt(column, element), out);
      } else {
        ItemIds ids = idsAt(column, element);
        if (ids.ids.empty() && !manyAnElement_[output]) out += "null";
        appendIds(ids, out);
      }
      if (manyAnElement_[output]) out += ']';
    }
  }
  static void appendDense(std::span<const float> values, std::string& out) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (i != 0) out += ", ";
      appendFloat(out, values[i]);
    }
  }
  static void appendIds(const ItemIds& values, std::string& out) {
    bool weighted = !values.weights.empty();
    for (size_t i = 0; i < values.ids.size(); ++i) {
      if (i != 0) out += ", ";
      if (weighted) out += '[';
      appendUnsigned(out, values.ids[i]);
      if (!weighted) continue;
      out += ", ";
      appendFloat(out, values.weights[i]);
      out += ']';
    }
  }

  std::vector<std::string> keys_;  // by output, with what stands around them
  std::vector<bool> dense_;
  std::vector<bool> manyAnElement_;  // by output: of a group, whose elements have lists
};

}  // namespace

std::unique_ptr<ResultWriter> newJsonWriter(const ProgramInfo& info) { return std::make_unique<JsonWriter>(info); }

}  // namespace featc
