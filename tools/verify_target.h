// SPDX-License-Identifier: Apache-2.0
// What featc verify computes logged calls with: a config, a library, or a model folder with its versions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "data/log/replay.h"
#include "tools/config.h"

namespace featc {

struct VerifyOptions {
  ConfigOptions config;  // its file may be a model folder too
  std::string input;
  std::string engine = "jit";
  double tolerance = 1e-5;  // of scores
  uint64_t examples = 3;    // of differences of each kind
};

// Lines that nothing was compared of, by what they are instead.
struct SkippedLines {
  std::map<std::string, uint64_t> otherModels;
  std::map<std::string, uint64_t> unknownVersions;  // with the reason
};

class VerifyTarget {
 public:
  virtual ~VerifyTarget() = default;
  virtual void replay(std::string_view line, uint64_t number, ReplayReport& report, SkippedLines& skipped) = 0;
  // The program that lines are compared with; null where each line's version has its own.
  virtual const ProgramInfo* info() const = 0;
};

// Null, with the reason printed.
std::unique_ptr<VerifyTarget> openVerifyTarget(const VerifyOptions& options);

}  // namespace featc
