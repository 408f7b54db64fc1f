// SPDX-License-Identifier: Apache-2.0
// What a program's results are, in one number: two builds that give the same digests compute the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/result.h"
#include "tests/random/data.h"
#include "tests/random/program.h"

namespace featc {

// A 64-bit hash of words and bytes. It shares nothing with what is tested.
class Digester {
 public:
  void add(uint64_t word);
  void add(std::string_view bytes);
  uint64_t value() const { return state_; }

 private:
  uint64_t state_ = 0;
};

// Every item's status and, where that is ok, its ids, weights and numbers in every output. Items of a request share
// what the request has, so an output has the same digest whether it was computed for requests or for items.
uint64_t digestOf(const Result& result);
// What data did not fit, by output, and the events.
uint64_t digestOfCounts(const Result& result);
// The config and the rows: what must be equal before results can be.
uint64_t digestOf(const RandomProgram& program, const RandomData& data, uint64_t storeSeed);

// Of one program. What was not computed is 0.
struct ProgramDigest {
  uint64_t program = 0;
  int64_t items = 0;  // of the data that it was computed for
  uint64_t interpreter = 0;
  uint64_t native = 0;
  uint64_t counts = 0;  // of the interpreter

  // `seed number program items interpreter native counts`, a line.
  std::string text(uint64_t seed, uint64_t number) const;
};

}  // namespace featc
