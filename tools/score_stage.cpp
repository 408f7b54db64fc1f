// SPDX-License-Identifier: Apache-2.0
// Scores pieces of the input, and counts what there is to tell about it.
#include "tools/score_stage.h"

#include <fmt/format.h>

#include <mutex>
#include <stdexcept>
#include <utility>

#include "support/stopwatch.h"

namespace featc {
namespace {

// What all threads counted.
struct ScoreCounts {
  uint64_t items = 0;
  uint64_t inferences = 0;
  double seconds = 0;
  std::vector<LookupCounts> lookups;  // by output of the config
};

class ScoreStage final : public RunStage {
 public:
  ScoreStage(std::shared_ptr<const ModelScorer> scorer, std::unique_ptr<ScoreWriter> writer, std::string identity)
      : scorer_(std::move(scorer)), writer_(std::move(writer)), identity_(std::move(identity)) {
    counts_.lookups.resize(scorer_->info().outputs.size());
  }

  std::unique_ptr<RunStagePart> newPart() const override { return std::make_unique<Part>(*this); }
  bool isOrdered() const override { return writer_->isOrdered(); }
  void begin(std::string& out) const override { writer_->begin(out); }
  void end(std::string& out) const override { writer_->end(out); }
  std::string identity() const override { return identity_; }

  std::vector<std::string> stats() const override {
    std::vector<std::string> lines{fmt::format("score     {:.1f} ms of {} for {} items in {} inferences",
                                               counts_.seconds * 1e3, scorer_->network().engine(), counts_.items,
                                               counts_.inferences)};
    for (size_t i = 0; i < counts_.lookups.size(); ++i)
      if (const LookupCounts& counts = counts_.lookups[i]; counts.ids > 0)
        lines.push_back(fmt::format("lookup    {}: {} ids, {} without a row", scorer_->info().outputs[i].name,
                                    counts.ids, counts.absent));
    return lines;
  }

  std::vector<std::string> warnings() const override {
    std::vector<std::string> lines;
    for (size_t i = 0; i < counts_.lookups.size(); ++i)
      if (const LookupCounts& counts = counts_.lookups[i]; counts.ids > 0 && counts.absent == counts.ids)
        lines.push_back(fmt::format("{}: none of its {} ids has a row in its table; was that built for this config?",
                                    scorer_->info().outputs[i].name, counts.ids));
    return lines;
  }

 private:
  class Part final : public RunStagePart {
   public:
    explicit Part(const ScoreStage& stage) : stage_(stage), memory_(*stage.scorer_) {}

    void compute(const Result& result) override {
      Stopwatch scoring;
      const Result* results[] = {&result};
      if (Error error = stage_.scorer_->score(results, memory_, scores_)) throw std::runtime_error(error.message);
      std::lock_guard lock(stage_.mutex_);
      ScoreCounts& counts = stage_.counts_;
      counts.seconds += scoring.seconds();
      counts.items += scores_.items();
      ++counts.inferences;
      for (size_t i = 0; i < counts.lookups.size(); ++i) counts.lookups[i] += scores_.lookups[i];
    }

    std::string failureOf(size_t item) const override {
      if (scores_.status[item] != ScoreStatus::NotFinite) return {};
      return "the network gave infinity or not a number";
    }

    void write(const Result&, std::span<const InputRow> rows, std::string& out) override {
      stage_.writer_->write(scores_, rows, out);
    }

   private:
    const ScoreStage& stage_;
    ScoreMemory memory_;
    Scores scores_;
  };

  std::shared_ptr<const ModelScorer> scorer_;
  std::unique_ptr<ScoreWriter> writer_;
  std::string identity_;
  mutable std::mutex mutex_;
  mutable ScoreCounts counts_;
};

}  // namespace

std::unique_ptr<RunStage> scoreStage(std::shared_ptr<const ModelScorer> scorer, std::unique_ptr<ScoreWriter> writer,
                                     std::string identity) {
  return std::make_unique<ScoreStage>(std::move(scorer), std::move(writer), std::move(identity));
}

}  // namespace featc
