// SPDX-License-Identifier: Apache-2.0
// A dense network, ready to compute: tensors in, tensors out. What computes it lies behind the interface.
//
//   featc::Expected<std::shared_ptr<const featc::Scorer>> opened = featc::openScorer("scorer.onnx");
//   if (!opened) ...opened.error().message...
//   featc::Error error = (*opened)->run(inputs, outputs);
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/scorer/tensor.h"
#include "support/error.h"

namespace featc {

enum class Precision : uint8_t { Float32, BFloat16 };

struct ScorerOptions {
  // BFloat16 is faster on some CPUs, and scores differ in the third digit.
  Precision precision = Precision::Float32;
  // Inferences at the same time, each on one thread; more calls wait for a free one.
  uint32_t concurrent = 1;
};

// Immutable and shared by all threads.
class Scorer {
 public:
  virtual ~Scorer() = default;
  // `OpenVINO 2026.4.0-...`
  virtual const std::string& engine() const = 0;
  virtual const std::vector<TensorInfo>& inputs() const = 0;
  virtual const std::vector<TensorInfo>& outputs() const = 0;
  // `in` has a tensor for each of inputs(), `out` gets one for each of outputs() and is reused from call to call.
  // Thread-safe. Fails with Failed where the network cannot compute these shapes.
  virtual Error run(std::span<const TensorSpan> in, std::vector<Tensor>& out) const = 0;
};

// What a network may be stored as, for messages.
inline constexpr const char* kScorerForms =
    "scorer.onnx, scorer.xml with scorer.bin (OpenVINO IR) or the folder "
    "scorer (TensorFlow SavedModel)";

// Opens a network. Fails with NoFile (there is no such file), BadModel (it cannot be read as a network) or Failed (this
// featc has no engine for it).
Expected<std::shared_ptr<const Scorer>> openScorer(const std::filesystem::path& path,
                                                   const ScorerOptions& options = {});

}  // namespace featc
