// SPDX-License-Identifier: Apache-2.0
// What a model's version does with features: look up rows of tables, run the network, and give each item its scores.
//
//   featc::ScoreMemory memory(scorer);
//   featc::Scores scores;
//   const featc::Result* results[] = {&result};       // of the extractor of the version's config
//   featc::Error error = scorer.score(results, memory, scores);
//   scores.status[item] == featc::ScoreStatus::Ok ? scores.columns[0].floats[item] ...
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/model/network_inputs.h"
#include "server/scorer/scorer.h"

namespace featc {

enum class ScoreStatus : uint8_t {
  Ok,
  NoFeatures,  // the item's features failed: Result::status
  NotFinite,   // the network gave infinity or not a number
};

// An output of the network: `width` numbers an item, of one of the two types.
struct ScoreColumn {
  std::string name;
  TensorType type = TensorType::Float32;
  uint32_t width = 1;
  std::vector<float> floats;
  std::vector<int64_t> ints;
};

// Of the items of all results, one result after another. Reused from call to call.
struct Scores {
  std::vector<ScoreStatus> status;
  std::vector<ScoreColumn> columns;   // `score` first. Zeros where the status is not Ok
  std::vector<LookupCounts> lookups;  // by output of the config
  std::string epoch;                  // of the tables; empty: none
  uint64_t delta = 0;                 // their last delta

  size_t items() const { return status.size(); }
};

class ModelScorer;

// One thread's memory, for one scorer.
class ScoreMemory {
 public:
  explicit ScoreMemory(const ModelScorer& scorer);

 private:
  friend class ModelScorer;
  NetworkInputs inputs_;
  std::vector<Tensor> outputs_;
};

// Immutable and shared by all threads.
class ModelScorer {
 public:
  // `info` is of the config; `epoch` is null for a version without tables. Fails with BadModel where config, tables and
  // network do not fit; the message then has a line for each thing that does not.
  static Expected<std::shared_ptr<const ModelScorer>> make(ProgramInfo info, std::shared_ptr<const Scorer> network,
                                                           const BindingFile& file,
                                                           std::shared_ptr<const EmbeddingEpoch> epoch);

  const ProgramInfo& info() const { return info_; }
  const Scorer& network() const { return *network_; }
  const Binding& binding() const { return binding_; }

  // Scores the items of several results in one inference, which sees the tables at one delta. Thread-safe. Fails with
  // Failed where the network cannot compute them.
  Error score(std::span<const Result* const> results, ScoreMemory& memory, Scores& scores) const;

 private:
  ModelScorer(ProgramInfo info, std::shared_ptr<const Scorer> network, Binding binding,
              std::shared_ptr<const EmbeddingEpoch> epoch)
      : info_(std::move(info)), network_(std::move(network)), binding_(std::move(binding)), epoch_(std::move(epoch)) {}
  // Gives the columns the rows that the network computed, of the items whose status is Ok. What is wrong with them;
  // empty: nothing.
  std::string takeColumns(const std::vector<Tensor>& outputs, int64_t rows, Scores& scores) const;

  ProgramInfo info_;
  std::shared_ptr<const Scorer> network_;
  Binding binding_;
  std::shared_ptr<const EmbeddingEpoch> epoch_;
};

}  // namespace featc
