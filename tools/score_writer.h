// SPDX-License-Identifier: Apache-2.0
// Scores as bytes, in the formats that fit them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/record_reader.h"
#include "server/model/model_scorer.h"
#include "support/error.h"

namespace featc {

struct WriterOptions;

// As a ResultWriter: unless it is ordered, threads may share one.
class ScoreWriter {
 public:
  virtual ~ScoreWriter() = default;
  virtual bool isOrdered() const { return false; }
  virtual void begin(std::string& out) const { (void)out; }
  virtual void end(std::string& out) const { (void)out; }
  // All items whose status is Ok, with their places in the input.
  virtual void write(const Scores& scores, std::span<const InputRow> rows, std::string& out) const = 0;
};

std::vector<std::string> scoreFormatNames();

// The writer of `format` for what `scorer` gives. Fails with BadArgument where there is none.
Expected<std::unique_ptr<ScoreWriter>> newScoreWriter(std::string_view format, const ModelScorer& scorer,
                                                      const WriterOptions& options);

}  // namespace featc
