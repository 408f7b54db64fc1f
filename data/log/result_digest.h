// SPDX-License-Identifier: Apache-2.0
// Digests of a result: enough to tell which features and items come out otherwise, in a small part of the bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/result.h"

namespace featc {

// XXH3-64 hashes of what a result has; two results with the same values have the same ones, whoever computed them.
struct ResultDigest {
  std::vector<uint64_t> features;  // by output, of all items whose status is Ok
  std::vector<uint64_t> items;     // by item, of all outputs; 0 where the status is another one
};

// As a log has one: 16 hexadecimal digits, with quotes.
void appendDigest(std::string& out, uint64_t digest);

// Computes digests; kept from result to result for its memory.
class ResultDigester {
 public:
  const ResultDigest& digest(const Result& result);

 private:
  uint64_t rowOf(const Result& result, const OutputColumn& column, int64_t item);
  void addPlace(const OutputColumn& column, int64_t place);

  ResultDigest digest_;
  std::vector<uint64_t> parts_;   // of one row of an output
  std::vector<uint64_t> column_;  // of one output: a hash an item
  std::vector<uint64_t> rows_;    // by item, and then by output
};

}  // namespace featc
