// SPDX-License-Identifier: Apache-2.0
// The stage of featc run: features are written as they are.
#include "tools/run_stage.h"

#include <utility>

namespace featc {
namespace {

class FeaturePart final : public RunStagePart {
 public:
  explicit FeaturePart(const ResultWriter& writer) : writer_(writer) {}
  void write(const Result& result, std::span<const InputRow> rows, std::string& out) override {
    writer_.write(result, rows, out);
  }

 private:
  const ResultWriter& writer_;
};

class FeatureStage final : public RunStage {
 public:
  explicit FeatureStage(std::unique_ptr<ResultWriter> writer) : writer_(std::move(writer)) {}
  std::unique_ptr<RunStagePart> newPart() const override { return std::make_unique<FeaturePart>(*writer_); }
  bool isOrdered() const override { return writer_->isOrdered(); }
  void begin(std::string& out) const override { writer_->begin(out); }
  void end(std::string& out) const override { writer_->end(out); }

 private:
  std::unique_ptr<ResultWriter> writer_;
};

}  // namespace

std::unique_ptr<RunStage> featureStage(std::unique_ptr<ResultWriter> writer) {
  return std::make_unique<FeatureStage>(std::move(writer));
}

}  // namespace featc
