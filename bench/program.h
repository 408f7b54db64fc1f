// SPDX-License-Identifier: Apache-2.0
// A compiled config that is called again and again with one batch.
#pragma once

#include <memory>
#include <string>

#include "engine/compile.h"
#include "runtime/batch_builder.h"

namespace featc::bench {

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

}  // namespace featc::bench
