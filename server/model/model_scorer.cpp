// SPDX-License-Identifier: Apache-2.0
// One inference: tensors from results, and scores from tensors.
#include "server/model/model_scorer.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace featc {

ScoreMemory::ScoreMemory(const ModelScorer& scorer) : inputs_(scorer.info(), scorer.binding()) {}

Expected<std::shared_ptr<const ModelScorer>> ModelScorer::make(ProgramInfo info, std::shared_ptr<const Scorer> network,
                                                               const BindingFile& file,
                                                               std::shared_ptr<const EmbeddingEpoch> epoch) {
  std::vector<uint32_t> dims(info.outputs.size());
  if (epoch != nullptr) {
    std::shared_ptr<const EmbeddingSnapshot> tables = epoch->snapshot();
    for (size_t i = 0; i < dims.size(); ++i) {
      if (info.outputs[i].kind == OutputKind::Dense) continue;
      if (std::optional<size_t> table = tables->tableOf(info.outputs[i].name)) dims[i] = tables->table(*table).dim();
    }
  }
  Expected<Binding> binding = bindNetwork(info, dims, file, network->inputs(), network->outputs());
  if (!binding) return std::move(binding).error();
  return std::shared_ptr<const ModelScorer>(
      new ModelScorer(std::move(info), std::move(network), *std::move(binding), std::move(epoch)));
}

Error ModelScorer::score(std::span<const Result* const> results, ScoreMemory& memory, Scores& scores) const {
  std::shared_ptr<const EmbeddingSnapshot> tables;
  if (epoch_ != nullptr) tables = epoch_->snapshot();
  NetworkInputs& inputs = memory.inputs_;
  inputs.begin(tables.get());
  scores.status.clear();
  for (const Result* result : results) {
    inputs.add(*result);
    for (int64_t item = 0; item < result->items(); ++item)
      scores.status.push_back(result->status(item) == RowStatus::Ok ? ScoreStatus::Ok : ScoreStatus::NoFeatures);
  }
  scores.lookups.assign(inputs.lookups().begin(), inputs.lookups().end());
  scores.epoch = tables == nullptr ? "" : tables->epoch();
  scores.delta = tables == nullptr ? 0 : tables->sequence();
  // A network is not asked about nothing.
  if (inputs.items() > 0)
    if (Error error = network_->run(inputs.tensors(), memory.outputs_)) return error;
  if (inputs.items() == 0) memory.outputs_.clear();
  std::string problem = takeColumns(memory.outputs_, inputs.items(), scores);
  return problem.empty() ? Error() : Error(problem, ErrorCode::Failed);
}

std::string ModelScorer::takeColumns(const std::vector<Tensor>& outputs, int64_t rows, Scores& scores) const {
  static const Tensor kNone;
  const size_t items = scores.items();
  scores.columns.resize(binding_.outputs.size());
  for (size_t c = 0; c < scores.columns.size(); ++c) {
    const BoundOutput& bound = binding_.outputs[c];
    const Tensor& tensor = outputs.empty() ? kNone : outputs[bound.output];
    ScoreColumn& column = scores.columns[c];
    column.name = bound.name;
    column.type = network_->outputs()[bound.output].type;
    if (!outputs.empty()) column.type = tensor.type;
    size_t size = column.type == TensorType::Float32 ? tensor.floats.size() : tensor.ints.size();
    bool isByItem = rows == 0 || (!tensor.shape.empty() && tensor.shape[0] == rows);
    if (!isByItem || (c == 0 && size != static_cast<size_t>(rows)))
      return fmt::format("the network's output \"{}\" is {} for {} items: {}", network_->outputs()[bound.output].name,
                         tensorText("", tensor.shape), rows,
                         c == 0 ? "a score is one number an item" : "its first dimension must be the items");
    if (rows > 0) column.width = static_cast<uint32_t>(size / static_cast<size_t>(rows));
    const size_t width = column.width;
    column.floats.assign(column.type == TensorType::Float32 ? items * width : 0, 0);
    column.ints.assign(column.type == TensorType::Int64 ? items * width : 0, 0);
    size_t row = 0;
    for (size_t item = 0; item < items; ++item) {
      if (scores.status[item] == ScoreStatus::NoFeatures) continue;
      for (size_t i = 0; i < width; ++i) {
        if (column.type == TensorType::Int64) {
          column.ints[item * width + i] = tensor.ints[row * width + i];
          continue;
        }
        float value = tensor.floats[row * width + i];
        column.floats[item * width + i] = value;
        if (!std::isfinite(value)) scores.status[item] = ScoreStatus::NotFinite;
      }
      ++row;
    }
  }
  return {};
}

}  // namespace featc
