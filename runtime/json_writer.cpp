// SPDX-License-Identifier: Apache-2.0
// Results as JSON lines.
#include "runtime/json_writer.h"

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
        if (dense_[i])
          appendDense(denseOf(result, column, item), out);
        else
          appendIds(idsOf(result, column, item), out);
        out += ']';
      }
      out += "}}\n";
    }
  }

 private:
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
};

}  // namespace

std::unique_ptr<ResultWriter> newJsonWriter(const ProgramInfo& info) { return std::make_unique<JsonWriter>(info); }

}  // namespace featc
