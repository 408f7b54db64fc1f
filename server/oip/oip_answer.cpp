// SPDX-License-Identifier: Apache-2.0
#include "server/oip/oip_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "server/oip/oip_schema.h"
#include "support/suggest.h"

namespace featc {

namespace {

// Chooses the tensors that a request wants.
class Chooser {
 public:
  explicit Chooser(const OipRequest& request) : request_(request) {
    for (const OipWanted& each : request.outputs) wanted_[each.name] = &each;
  }

  template <class T>
  void add(const std::string& name, OipType type, std::span<const T> values, int64_t width = 0) {
    const OipWanted* wanted = wantedFor(name);
    if (wanted == nullptr && !request_.outputs.empty()) return;
    OipAnswerTensor& tensor = tensors_.emplace_back();
    tensor.name = name;
    tensor.type = type;
    tensor.shape = {static_cast<int64_t>(values.size()) / std::max<int64_t>(width, 1)};
    if (width > 1) tensor.shape.push_back(width);
    tensor.bytes = {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
    tensor.isBinary = wanted != nullptr && wanted->binary ? *wanted->binary : request_.binaryOutputs;
  }

  OipAnswer finish(std::vector<int32_t> status, OipAnswerHead head) {
    OipAnswer answer;
    answer.status = std::move(status);
    add<int32_t>(std::string(kStatus), OipType::Int32, answer.status);
    answer.head = std::move(head);
    answer.id = request_.id;
    answer.tensors = std::move(tensors_);
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

  const OipRequest& request_;
  std::unordered_map<std::string_view, const OipWanted*> wanted_;  // by name
  std::vector<OipAnswerTensor> tensors_;
};

void addOutput(Chooser& chooser, const OutputInfo& output, const OutputColumn& column) {
  const auto rows = static_cast<size_t>(column.rows);
  const std::string& name = output.name;
  if (column.perElement) {
    std::span<const int64_t> ofRows = column.elementOffsets.first(rows + 1);
    const auto elements = static_cast<size_t>(ofRows.back());
    if (output.kind == OutputKind::Dense)
      chooser.add(name, OipType::Fp32, column.dense.first(elements * column.width), column.width);
    if (output.kind != OutputKind::Dense && !column.ragged)
      chooser.add(name, OipType::Uint64, column.ids.first(elements));
    if (output.kind != OutputKind::Dense && column.ragged) chooser.add(name, OipType::Uint64, column.ids);
    if (column.weighted) chooser.add(name + ".weights", OipType::Fp32, column.weights);
    chooser.add(name + ".offsets", OipType::Int64, ofRows);
    if (output.kind != OutputKind::Dense && column.ragged)
      chooser.add(name + ".offsets.1", OipType::Int64, column.offsets.first(elements + 1));
    return;
  }
  if (output.kind == OutputKind::Dense)
    return chooser.add(name, OipType::Fp32, column.dense.first(rows * column.width), column.width);
  if (!column.ragged) return chooser.add(name, OipType::Uint64, column.ids.first(rows));
  chooser.add(name, OipType::Uint64, column.ids);
  if (column.weighted) chooser.add(name + ".weights", OipType::Fp32, column.weights);
  chooser.add(name + ".offsets", OipType::Int64, column.offsets.first(rows + 1));
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

OipAnswer oipAnswer(const ProgramInfo& info, const OipRequest& request, const Result& result, OipAnswerHead head) {
  Chooser chooser(request);
  for (size_t i = 0; i < info.outputs.size(); ++i) addOutput(chooser, info.outputs[i], result.output(i));
  std::vector<int32_t> status(static_cast<size_t>(result.items()));
  for (size_t i = 0; i < status.size(); ++i) status[i] = static_cast<int32_t>(result.status(static_cast<int64_t>(i)));
  return chooser.finish(std::move(status), std::move(head));
}

OipAnswer oipAnswer(const OipRequest& request, std::span<const OipColumn> columns, std::vector<int32_t> status,
                    OipAnswerHead head) {
  Chooser chooser(request);
  for (const OipColumn& column : columns) {
    if (column.areInts)
      chooser.add(column.name, OipType::Int64, column.ints, column.width);
    else
      chooser.add(column.name, OipType::Fp32, column.floats, column.width);
  }
  return chooser.finish(std::move(status), std::move(head));
}

}  // namespace featc
