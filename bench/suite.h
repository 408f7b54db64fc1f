// SPDX-License-Identifier: Apache-2.0
// What all benchmarks share: timing sides against each other, tables, targets, the JSON file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/error.h"

namespace featc::bench {

// The bench itself is broken: rivals disagree, a config does not compile, a child died.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// For what fails only where the bench itself is broken.
inline void must(const Error& error) {
  if (error) throw Broken(error.message);
}

// One of several things to time against each other.
struct Side {
  std::string name;
  std::function<void()> run;
  double values = 1;  // that one call makes
};

struct Samples {
  std::vector<double> values;

  double median() const;
  double least() const;
};

// A figure that the issue asks for. `atMost`: smaller is better.
struct Target {
  std::string name;
  std::string unit;
  double limit = 0;
  bool atMost = true;
  std::optional<double> measured;
  std::string note;  // why it was not measured, or what the figure is made of
};

class Suite {
 public:
  // `answers`: how many requests each bad day has.
  Suite(bool quick, size_t answers) : quick_(quick), answers_(quick ? answers / 10 : answers) {}

  bool quick() const { return quick_; }
  size_t answers() const { return answers_; }

  // -- Measuring ----------------------------------------------------------------------------------

  // Nanoseconds of CPU time a value for each side, timed in turns and in random order by Google
  // Benchmark; kept under `group`/name.
  std::map<std::string, Samples> time(const std::string& group, const std::vector<Side>& sides);
  // Runs `command` (of this program, see child.h) in new processes and returns what they report by
  // name; kept under `group`/name.
  std::map<std::string, Samples> children(const std::string& group, const std::string& command, int times);
  void keep(const std::string& name, const std::string& unit, const Samples& samples);

  // -- Saying -------------------------------------------------------------------------------------

  void table(const std::string& title, const std::vector<std::vector<std::string>>& rows);
  void atMost(const std::string& name, double measured, double limit, const std::string& unit,
              const std::string& note = {});
  void atLeast(const std::string& name, double measured, double limit, const std::string& unit,
               const std::string& note = {});
  // A target that this machine cannot be asked.
  void skip(const std::string& name, double limit, bool atMost, const std::string& unit, const std::string& why);

  void printTargets() const;
  void writeJson(const std::string& path) const;

 private:
  struct Kept {
    std::string name;
    std::string unit;
    Samples samples;
  };

  bool quick_;
  size_t answers_;
  std::vector<Kept> kept_;
  std::vector<Target> targets_;
};

}  // namespace featc::bench
