// SPDX-License-Identifier: Apache-2.0
// Results as tensor sequences: the compact form in which a server hands features on
// (docs/tensor-sequence.md).
//
//   featc::TensorSequenceEncoder encoder(extractor.info());
//   std::string wire;                       // kept: a warm call allocates nothing
//   wire.clear();
//   encoder.encode(result, wire);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/record_reader.h"
#include "runtime/program_info.h"
#include "runtime/result.h"

namespace featc {

// What does not change from result to result, made once for a program. Immutable: threads share one.
class TensorSequenceEncoder {
 public:
  explicit TensorSequenceEncoder(const ProgramInfo& info);

  // Appends one buffer, whose size is a multiple of 8, to `out`. `rows`, if given, says where each item stood
  // in the input. Throws std::length_error where a tensor has 2^31 values or more.
  void encode(const Result& result, std::string& out, std::span<const InputRow> rows = {}) const;

 private:
  uint64_t fingerprint_;
  uint32_t semantics_;
  uint32_t modelBytes_;
  uint32_t namesBytes_;
  std::string names_;                 // padded
  std::vector<std::string> records_;  // what is known of a tensor beforehand, a record each
};

// Compresses the bodies of tensor sequences; one thread at a time.
class TensorSequenceCompressor {
 public:
  static constexpr int kDefaultLevel = 3;  // zstd's own

  explicit TensorSequenceCompressor(int level = kDefaultLevel);
  ~TensorSequenceCompressor();
  TensorSequenceCompressor(const TensorSequenceCompressor&) = delete;
  TensorSequenceCompressor& operator=(const TensorSequenceCompressor&) = delete;

  // Appends to `out` the compressed form of `plain`, one buffer that encode() made.
  void compress(std::string_view plain, std::string& out);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace featc
