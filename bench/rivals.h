// SPDX-License-Identifier: Apache-2.0
// Lets the handwritten rivals read featc's batches, and checks that they write the same bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/handwritten/mix_rivals.h"
#include "bench/handwritten/search_ads_rivals.h"
#include "bench/handwritten/takeaway_rivals.h"
#include "runtime/batch.h"
#include "runtime/calls/extractor.h"
#include "runtime/result.h"

namespace featc::bench {

// What a rival reads, in the batch's memory. `present` stands for the bitmap of a column in which nothing is missing.
void read(const ProgramInfo& info, const Batch& batch, const uint8_t* present, MixInput& input);
void read(const ProgramInfo& info, const Batch& batch, const uint8_t* present, TakeawayInput& input);
void read(const ProgramInfo& info, const Batch& batch, const uint8_t* present, ads::Input& input);

// The most elements that a list's output, of all rows together, can have.
int64_t mostElements(const MixInput& input);
int64_t mostElements(const TakeawayInput& input);
int64_t mostElements(const ads::Input& input);

// What a rival writes: as featc's own outputs lie.
class RivalOutputs {
 public:
  // `elements`: the most that a list's output can have.
  RivalOutputs(const ProgramInfo& info, int64_t items, int64_t elements);

  const RivalColumn* columns() const { return columns_.data(); }
  uint64_t* const* ids() const { return ids_.data(); }
  // Throws Broken where an output differs.
  void check(const ProgramInfo& info, const Result& result) const;

 private:
  // Of outputs with lists.
  struct Ragged {
    std::vector<uint64_t> ids;
    std::vector<int64_t> offsets;
    std::vector<float> weights;
    std::vector<float> dense;
  };
  FixedOutputs fixed_;
  std::vector<Ragged> ragged_;
  std::vector<RivalColumn> columns_;
  std::vector<uint64_t*> ids_;
};

// A rival with batches that it reads, which must outlive it, and one piece of memory that it writes to.
template <class Input, class Rival>
class RivalCall {
 public:
  RivalCall(const ProgramInfo& info, std::span<const Batch> batches, Rival* rival)
      : rival_(rival),
        present_(static_cast<size_t>(most(batches, &Batch::items) / 8 + 128), 0xFF),
        inputs_(readAll(info, batches, present_.data())),
        outputs_(info, most(batches, &Batch::items), mostOf(inputs_)) {}

  void run(size_t batch = 0) {
    if constexpr (std::is_same_v<Input, MixInput>)
      rival_(inputs_[batch], outputs_.ids());
    else
      rival_(inputs_[batch], outputs_.columns());
  }
  void check(const ProgramInfo& info, const Result& result) const { outputs_.check(info, result); }

 private:
  static int64_t most(std::span<const Batch> batches, int64_t Batch::* count) {
    int64_t most = 0;
    for (const Batch& batch : batches) most = std::max(most, batch.*count);
    return most;
  }
  static int64_t mostOf(const std::vector<Input>& inputs) {
    int64_t most = 0;
    for (const Input& input : inputs) most = std::max(most, mostElements(input));
    return most;
  }
  static std::vector<Input> readAll(const ProgramInfo& info, std::span<const Batch> batches, const uint8_t* present) {
    std::vector<Input> inputs(batches.size());
    for (size_t b = 0; b < batches.size(); ++b) read(info, batches[b], present, inputs[b]);
    return inputs;
  }

  Rival* rival_;
  std::vector<uint8_t> present_;
  std::vector<Input> inputs_;
  RivalOutputs outputs_;
};

using MixCall = RivalCall<MixInput, MixRival>;
using TakeawayCall = RivalCall<TakeawayInput, TakeawayRival>;
using SearchAdsCall = RivalCall<ads::Input, ads::Rival>;

}  // namespace featc::bench
