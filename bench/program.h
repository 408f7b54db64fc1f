// SPDX-License-Identifier: Apache-2.0
// A compiled config that is called again and again, and the batches that it is called with.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "runtime/batch_builder.h"

namespace featc::bench {

// A config that lies beside the benchmarks.
std::string configText(const std::string& file);
CompiledConfig compileText(const std::string& text);
std::shared_ptr<const Extractor> extractorOf(const CompiledConfig& config, EngineKind engine, const std::string& cpu);

// One side of a comparison: an extractor with the memory that its calls reuse. Throws Broken where a
// call fails.
class Program {
 public:
  explicit Program(std::shared_ptr<const Extractor> extractor);

  const ProgramInfo& info() const { return extractor_->info(); }
  const Result& result() const { return result_; }
  void run(const Batch& batch);

 private:
  std::shared_ptr<const Extractor> extractor_;
  Scratch scratch_;
  Result result_;
};

// Batches of different data, the first of which has kSeed.
class Batches {
 public:
  using Fill = std::function<void(BatchBuilder& builder, uint64_t seed)>;
  Batches(const ProgramInfo& info, size_t count, const Fill& fill);

  const Batch& operator[](size_t i) const { return batches_[i]; }
  std::span<const Batch> all() const { return batches_; }

 private:
  std::deque<BatchBuilder> builders_;
  std::vector<Batch> batches_;
};

}  // namespace featc::bench
