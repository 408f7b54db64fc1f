// SPDX-License-Identifier: Apache-2.0
// Lets the handwritten rivals read featc's batches, and checks that they write the same bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/handwritten/mix_rivals.h"
#include "bench/handwritten/takeaway_rivals.h"
#include "runtime/batch.h"
#include "runtime/extractor.h"
#include "runtime/result.h"

namespace featc::bench {

// A mix rival with the columns that it reads and writes. The batch must outlive it.
class MixCall {
 public:
  MixCall(const ProgramInfo& info, const Batch& batch, MixRival* rival);
  void run() { rival_(input_, columns_.data()); }
  // Throws Broken where an id differs.
  void check(const ProgramInfo& info, const Result& result) const;

 private:
  MixRival* rival_;
  MixInput input_;
  FixedOutputs storage_;  // as featc's own outputs lie
  std::vector<uint64_t*> columns_;
};

class TakeawayCall {
 public:
  TakeawayCall(const ProgramInfo& info, const Batch& batch, TakeawayRival* rival);
  void run() { rival_(input_, columns_); }
  void check(const ProgramInfo& info, const Result& result) const;

 private:
  // Of outputs with lists.
  struct Ragged {
    std::vector<uint64_t> ids;
    std::vector<int64_t> offsets;
    std::vector<float> weights;
  };

  TakeawayRival* rival_;
  TakeawayInput input_;
  std::vector<uint8_t> allPresent_;
  FixedOutputs fixed_;
  std::vector<Ragged> ragged_;
  TakeawayColumns columns_;
};

}  // namespace featc::bench
