// SPDX-License-Identifier: Apache-2.0
// A compiled config that is called again and again, and the batches that it is called with.
#include "bench/program.h"

#include <fstream>
#include <sstream>

#include "bench/data.h"
#include "bench/suite.h"

namespace featc::bench {

std::string configText(const std::string& file) {
  std::ifstream stream(FEATC_BENCH_FOLDER "/" + file);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

CompiledConfig compileText(const std::string& text) {
  CompiledConfig config = compileConfig("bench.feat", {}, text);
  if (!config.ok()) throw Broken(config.diagnosticsText());
  return config;
}

std::shared_ptr<const Extractor> extractorOf(const CompiledConfig& config, EngineKind engine, const std::string& cpu) {
  EngineOptions options;
  options.engine = engine;
  options.codegen.cpu = cpu;
  ExtractorResult made = makeExtractor(config.optimized, options);
  if (!made.extractor) throw Broken(made.error);
  return made.extractor;
}

Program::Program(std::shared_ptr<const Extractor> extractor)
    : extractor_(std::move(extractor)), scratch_(*extractor_) {}

void Program::run(const Batch& batch) {
  if (Error error = extractor_->run(batch, scratch_, result_)) throw Broken(error.message);
}

Batches::Batches(const ProgramInfo& info, size_t count, const Fill& fill) {
  for (size_t i = 0; i < count; ++i) {
    fill(builders_.emplace_back(info), kSeed + i);
    batches_.push_back(builders_.back().batch());
  }
}

}  // namespace featc::bench
