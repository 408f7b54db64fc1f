// SPDX-License-Identifier: Apache-2.0
// Loads the module featc_openvino.so, and hands tensors to it.
#include "server/scorer/openvino_scorer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/scorer/openvino/openvino_module.h"
#include "support/module.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNoModule =
    "this featc was built without OpenVINO, which computes networks: run scripts/setup, which brings it, then build "
    "featc again";

const Expected<const FeatcOpenvino*>& openvino() {
  static const Expected<const FeatcOpenvino*> functions =
      loadModule<FeatcOpenvino>("featc_openvino.so", "featcOpenvino", FEATC_OPENVINO_VERSION, kNoModule);
  return functions;
}

std::vector<TensorInfo> infosOf(const FeatcTensorInfo* infos, int32_t count) {
  std::vector<TensorInfo> out;
  for (const FeatcTensorInfo& info : std::span(infos, static_cast<size_t>(count))) {
    TensorInfo& one = out.emplace_back();
    one.name = info.name;
    one.typeName = info.typeName;
    one.type = info.type == FEATC_TENSOR_F32   ? TensorType::Float32
               : info.type == FEATC_TENSOR_I64 ? TensorType::Int64
                                               : TensorType::Other;
    one.anyRank = info.rank < 0;
    if (!one.anyRank) one.shape.assign(info.shape, info.shape + info.rank);
  }
  return out;
}

void keepOutput(void* context, int32_t index, const FeatcTensor* tensor) {
  Tensor& out = (*static_cast<std::vector<Tensor>*>(context))[static_cast<size_t>(index)];
  out.shape.assign(tensor->shape, tensor->shape + tensor->rank);
  size_t size = 1;
  for (int64_t dimension : out.shape) size *= static_cast<size_t>(dimension);
  out.type = tensor->type == FEATC_TENSOR_I64 ? TensorType::Int64 : TensorType::Float32;
  const auto* floats = static_cast<const float*>(tensor->data);
  const auto* ints = static_cast<const int64_t*>(tensor->data);
  out.floats.assign(floats, floats + (out.type == TensorType::Float32 ? size : 0));
  out.ints.assign(ints, ints + (out.type == TensorType::Int64 ? size : 0));
}

class OpenvinoScorer final : public Scorer {
 public:
  OpenvinoScorer(const FeatcOpenvino& module, void* network) : module_(module), network_(network) {
    const FeatcTensorInfo* infos = nullptr;
    int32_t count = module_.inputs(network_, &infos);
    inputs_ = infosOf(infos, count);
    count = module_.outputs(network_, &infos);
    outputs_ = infosOf(infos, count);
  }
  ~OpenvinoScorer() override { module_.close(network_); }
  OpenvinoScorer(const OpenvinoScorer&) = delete;
  OpenvinoScorer& operator=(const OpenvinoScorer&) = delete;

  const std::string& engine() const override { return engine_; }
  const std::vector<TensorInfo>& inputs() const override { return inputs_; }
  const std::vector<TensorInfo>& outputs() const override { return outputs_; }

  Error run(std::span<const TensorSpan> in, std::vector<Tensor>& out) const override {
    std::vector<FeatcTensor> given;
    given.reserve(in.size());
    for (const TensorSpan& tensor : in)
      given.push_back({tensor.type == TensorType::Float32 ? FEATC_TENSOR_F32 : FEATC_TENSOR_I64,
                       static_cast<int32_t>(tensor.shape.size()), tensor.shape.data(), tensor.data});
    out.resize(outputs_.size());
    std::string problem = takeModuleText(module_.run(network_, given.data(), keepOutput, &out));
    if (problem.empty()) return {};
    return {fmt::format("the network cannot compute its inputs: {}", problem), ErrorCode::Failed};
  }

 private:
  const FeatcOpenvino& module_;
  void* network_;
  std::string engine_ = module_.version();
  std::vector<TensorInfo> inputs_;
  std::vector<TensorInfo> outputs_;
};

}  // namespace

Expected<std::shared_ptr<const Scorer>> openWithOpenvino(const fs::path& path, const ScorerOptions& options) {
  if (!openvino()) return openvino().error();
  const FeatcOpenvino& module = **openvino();
  void* network = nullptr;
  bool isBfloat16 = options.precision == Precision::BFloat16;
  std::string problem =
      takeModuleText(module.open(path.c_str(), isBfloat16 ? 1 : 0, std::max(1U, options.concurrent), &network));
  if (!problem.empty())
    return Error(fmt::format("{} cannot be read as a network: {}", path.string(), problem), ErrorCode::BadModel,
                 path.string());
  return std::shared_ptr<const Scorer>(std::make_shared<OpenvinoScorer>(module, network));
}

}  // namespace featc
