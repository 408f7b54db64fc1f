// SPDX-License-Identifier: Apache-2.0
// The M x N matrix and the line that says what its columns are.
#include "data/formats/matrix_writer.h"

#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "data/formats/refusal.h"
#include "support/json_quote.h"

namespace featc {
namespace {

constexpr size_t kHeaderAlignment = 64;

uint32_t widthOf(const OutputInfo& output) {
  if (output.kind == OutputKind::Dense) return output.width;
  return output.kind == OutputKind::Sequence ? output.length : 1;
}

std::string whyNot(const OutputInfo& output, MatrixCell cell) {
  if (!output.group.empty()) return "it has one value per element";
  if (output.kind == OutputKind::Dense) return {};
  if (cell == MatrixCell::F32) return "a float32 has no room for ids";
  if (output.kind == OutputKind::Sequence || isSingleId(output)) return {};
  return output.type.isList() ? "a list has no fixed length" : "it has ids with weights";
}

class MatrixWriter final : public ResultWriter {
 public:
  MatrixWriter(const ProgramInfo& info, MatrixCell cell) : cell_(cell) {
    std::string columns;
    for (const OutputInfo& output : info.outputs) {
      columns += fmt::format(R"({}{{"name": {}, "kind": "{}", "slot": {}, "column": {}, "width": {}{}}})",
                             columns.empty() ? "" : ", ", jsonQuote(output.name), outputKindName(output.kind),
                             output.slot, width_, widthOf(output), output.padLeft ? R"(, "pad": "left")" : "");
      outputs_.push_back({output.kind == OutputKind::Dense, output.padLeft, widthOf(output)});
      width_ += widthOf(output);
    }
    header_ = fmt::format(
        R"({{"featc_matrix": 1, "model": {}, "fingerprint": "{}", "cell": "{}", "row_cells": {}, "columns": [{}]}})",
        jsonQuote(info.model), fingerprintText(info.fingerprint), cell == MatrixCell::F32 ? "f32" : "u64", width_,
        columns);
    size_t whole = (header_.size() + kHeaderAlignment) / kHeaderAlignment * kHeaderAlignment;
    header_.append(whole - 1 - header_.size(), ' ');
    header_ += '\n';
  }

  void begin(std::string& out) const override { out += header_; }

  void write(const Result& result, std::span<const InputRow>, std::string& out) const override {
    size_t cellBytes = cell_ == MatrixCell::F32 ? sizeof(float) : sizeof(uint64_t);
    for (int64_t item = 0; item < result.items(); ++item) {
      if (result.status(item) != RowStatus::Ok) continue;
      size_t at = out.size();
      out.append(width_ * cellBytes, '\0');
      char* to = out.data() + at;
      for (size_t i = 0; i < outputs_.size(); ++i) {
        const OutputColumn& column = result.output(i);
        const size_t bytes = outputs_[i].width * cellBytes;
        if (outputs_[i].dense) {
          writeDense(denseOf(result, column, item), to);
        } else {
          std::span<const uint64_t> ids = idsOf(result, column, item).ids;
          std::memcpy(outputs_[i].padLeft ? to + bytes - ids.size_bytes() : to, ids.data(), ids.size_bytes());
        }
        to += bytes;
      }
    }
  }

 private:
  struct Columns {
    bool dense;
    bool padLeft;
    uint32_t width;
  };
  void writeDense(std::span<const float> values, char* to) const {
    if (cell_ == MatrixCell::F32) {
      std::memcpy(to, values.data(), values.size_bytes());
      return;
    }
    for (double value : values) {
      std::memcpy(to, &value, sizeof value);
      to += sizeof value;
    }
  }

  MatrixCell cell_;
  std::vector<Columns> outputs_;
  size_t width_ = 0;  // cells a row
  std::string header_;
};

}  // namespace

Expected<std::unique_ptr<ResultWriter>> newMatrixWriter(const ProgramInfo& info, MatrixCell cell) {
  const char* name = cell == MatrixCell::F32 ? "a matrix of float32" : "a matrix of 8-byte cells";
  const char* instead = cell == MatrixCell::F32 ? "--cell u64 for single ids and sequences, or --format tensor-sequence"
                                                : "--format tensor-sequence";
  std::string refused = refusal(info, name, instead, [cell](const OutputInfo& output) { return whyNot(output, cell); });
  if (!refused.empty()) return Error(std::move(refused), ErrorCode::BadArgument);
  return std::unique_ptr<ResultWriter>(std::make_unique<MatrixWriter>(info, cell));
}

}  // namespace featc
