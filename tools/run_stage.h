// SPDX-License-Identifier: Apache-2.0
// What a run makes of features: features in a format, or scores.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/result_writer.h"

namespace featc {

// One thread's part of a stage. Calls come for one piece of the input after another.
class RunStagePart {
 public:
  virtual ~RunStagePart() = default;
  // Beside other threads, once the features are there. Throws std::runtime_error where it cannot.
  virtual void compute(const Result& result) { (void)result; }
  // Why an item whose features are fine is left out all the same; empty: it is not.
  virtual std::string failureOf(size_t item) const {
    (void)item;
    return {};
  }
  // Appends what is written of the piece. `rows[i]` says where item i stood in the input.
  virtual void write(const Result& result, std::span<const InputRow> rows, std::string& out) = 0;
};

class RunStage {
 public:
  virtual ~RunStage() = default;
  virtual std::unique_ptr<RunStagePart> newPart() const = 0;
  // As of a ResultWriter.
  virtual bool isOrdered() const = 0;
  virtual void begin(std::string& out) const = 0;
  virtual void end(std::string& out) const = 0;
  // What else than the command's options decides what is written: a run that goes on has the same.
  virtual std::string identity() const { return {}; }
  // Lines for --stats, and warnings, once all is written.
  virtual std::vector<std::string> stats() const { return {}; }
  virtual std::vector<std::string> warnings() const { return {}; }
};

// Features as `writer` writes them.
std::unique_ptr<RunStage> featureStage(std::unique_ptr<ResultWriter> writer);

}  // namespace featc
