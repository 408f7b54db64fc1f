// SPDX-License-Identifier: Apache-2.0
#include "server/oip/oip_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "data/result_writer.h"
#include "server/oip/oip_schema.h"
#include "support/json_quote.h"
#include "support/suggest.h"

namespace featc {

namespace {

class Writer {
 public:
  Writer(const OipRequest& request, std::string head) : request_(request), json_(std::move(head)) {
    for (const OipWanted& each : request.outputs) wanted_[each.name] = &each;
  }

  template <class T>
  void add(const std::string& name, OipType type, std::span<const T> values, int64_t width = 0) {
    const OipWanted* wanted = wantedFor(name);
    if (wanted == nullptr && !request_.outputs.empty()) return;
    const bool isBinary = wanted != nullptr && wanted->binary ? *wanted->binary : request_.binaryOutputs;
    const auto rows = static_cast<int64_t>(values.size()) / std::max<int64_t>(width, 1);
    fmt::format_to(std::back_inserter(json_), R"({}{{"name": {}, "datatype": "{}", "shape": [{}{}])", any_ ? ", " : "",
                   jsonQuote(name), oipTypeName(type), rows, width > 1 ? fmt::format(", {}", width) : "");
    any_ = true;
    if (isBinary) {
      fmt::format_to(std::back_inserter(json_), R"(, "parameters": {{"binary_data_size": {}}}}})", values.size_bytes());
      binary_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
      return;
    }
    json_ += R"(, "data": [)";
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) json_ += ',';
      append(values[i]);
    }
    json_ += "]}";
  }

  OipAnswer finish() {
    json_ += "]}";
    OipAnswer answer;
    answer.jsonBytes = json_.size();
    answer.body = std::move(json_);
    answer.body += binary_;
    return answer;
  }

 private:
  // The wanted output that a tensor is, or is a companion of.
  const OipWanted* wantedFor(std::string_view tensor) const {
    for (std::string_view companion : {"", ".weights", ".offsets", ".offsets.1"}) {
      if (!tensor.ends_with(companion)) continue;
      auto at = wanted_.find(tensor.substr(0, tensor.size() - companion.size()));
      if (at != wanted_.end()) return at->second;
    }
    return nullptr;
  }
  void append(float value) { appendFloat(json_, value); }
  void append(uint64_t value) { appendUnsigned(json_, value); }
  void append(int64_t value) { fmt::format_to(std::back_inserter(json_), "{}", value); }
  void append(int32_t value) { append(int64_t{value}); }

  const OipRequest& request_;
  std::unordered_map<std::string_view, const OipWanted*> wanted_;  // by name
  std::string json_;
  std::string binary_;
  bool any_ = false;
};

std::string textOf(const OipAnswerHead& head, const OipRequest& request) {
  std::string text =
      fmt::format(R"({{"model_name": {}, "model_version": {}, )", jsonQuote(head.model), jsonQuote(head.version));
  if (!request.id.empty()) text += fmt::format(R"("id": {}, )", jsonQuote(request.id));
  text += R"("parameters": {)";
  for (const auto& [name, value] : head.parameters)
    text += fmt::format("{}{}: {}", &name == &head.parameters[0].first ? "" : ", ", jsonQuote(name), jsonQuote(value));
  return text + R"(}, "outputs": [)";
}

void addOutput(Writer& writer, const OutputInfo& output, const OutputColumn& column) {
  const auto rows = static_cast<size_t>(column.rows);
  const std::string& name = output.name;
  if (column.perElement) {
    std::span<const int64_t> ofRows = column.elementOffsets.first(rows + 1);
    const auto elements = static_cast<size_t>(ofRows.back());
    if (output.kind == OutputKind::Dense)
      writer.add(name, OipType::Fp32, column.dense.first(elements * column.width), column.width);
    if (output.kind != OutputKind::Dense && !column.ragged)
      writer.add(name, OipType::Uint64, column.ids.first(elements));
    if (output.kind != OutputKind::Dense && column.ragged) writer.add(name, OipType::Uint64, column.ids);
    if (column.weighted) writer.add(name + ".weights", OipType::Fp32, column.weights);
    writer.add(name + ".offsets", OipType::Int64, ofRows);
    if (output.kind != OutputKind::Dense && column.ragged)
      writer.add(name + ".offsets.1", OipType::Int64, column.offsets.first(elements + 1));
    return;
  }
  if (output.kind == OutputKind::Dense)
    return writer.add(name, OipType::Fp32, column.dense.first(rows * column.width), column.width);
  if (!column.ragged) return writer.add(name, OipType::Uint64, column.ids.first(rows));
  writer.add(name, OipType::Uint64, column.ids);
  if (column.weighted) writer.add(name + ".weights", OipType::Fp32, column.weights);
  writer.add(name + ".offsets", OipType::Int64, column.offsets.first(rows + 1));
}

}  // namespace

void checkOipOutputs(const std::vector<OipTensorInfo>& outputs, const OipRequest& request, OipProblems& problems) {
  if (request.outputs.empty()) return;
  std::vector<std::string_view> names;
  for (const OipTensorInfo& tensor : outputs) names.emplace_back(tensor.name);
  const std::unordered_set<std::string_view> known(names.begin(), names.end());
  for (const OipWanted& wanted : request.outputs) {
    if (known.contains(wanted.name)) continue;
    if (problems.isFull()) return problems.addMore();
    std::optional<std::string> near = nearestName(wanted.name, names);
    problems.add(
        fmt::format("the model has no output \"{}\": {}", wanted.name,
                    near ? fmt::format("did you mean \"{}\"?", *near) : std::string("its metadata list all outputs")));
  }
}

OipAnswer oipAnswer(const ProgramInfo& info, const OipRequest& request, const Result& result,
                    const OipAnswerHead& head) {
  Writer writer(request, textOf(head, request));
  for (size_t i = 0; i < info.outputs.size(); ++i) addOutput(writer, info.outputs[i], result.output(i));
  std::vector<int32_t> status(static_cast<size_t>(result.items()));
  for (size_t i = 0; i < status.size(); ++i) status[i] = static_cast<int32_t>(result.status(static_cast<int64_t>(i)));
  writer.add<int32_t>(std::string(kStatus), OipType::Int32, status);
  return writer.finish();
}

OipAnswer oipAnswer(const OipRequest& request, std::span<const OipColumn> columns, std::span<const int32_t> status,
                    const OipAnswerHead& head) {
  Writer writer(request, textOf(head, request));
  for (const OipColumn& column : columns) {
    if (column.areInts)
      writer.add(column.name, OipType::Int64, column.ints, column.width);
    else
      writer.add(column.name, OipType::Fp32, column.floats, column.width);
  }
  writer.add(std::string(kStatus), OipType::Int32, status);
  return writer.finish();
}

}  // namespace featc
