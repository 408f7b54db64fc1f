// SPDX-License-Identifier: Apache-2.0
// Programs that make very much of their data get less of it.
#include "tests/random/weight.h"

namespace featc {
namespace {

// Of values, and of results: some twenty runs of a check make or read as much again.
constexpr uint64_t kMostBytes = uint64_t{48} << 20U;

bool isLight(const RandomData& data, const TestedEngine& engine, const StoreBinding& stores) {
  RunLimits limits;
  limits.call.valueBytes = kMostBytes;
  limits.call.resultBytes = kMostBytes;
  Extractor extractor(*engine.info, engine.executable, stores, limits);
  BoundBatch batch(data, extractor.info(), 0, data.itemCounts.size());
  Scratch scratch(extractor);
  Result result;
  Error error = extractor.run(batch.batch(), scratch, result);
  return !error || error.code != ErrorCode::OverLimit;
}

// Half of the requests, or of the items where there is one request.
RandomData half(RandomData data) {
  size_t requests = data.itemCounts.size();
  for (size_t left = requests / 2; left > 0; --left) data = data.withoutRequest(data.itemCounts.size() - 1);
  if (requests > 1) return data;
  for (int64_t left = data.itemCounts[0] - data.itemCounts[0] / 2; left > 0; --left)
    data = data.withoutItem(0, data.itemCounts[0] - 1);
  return data;
}

}  // namespace

RandomData lightEnough(const RandomData& data, const TestedEngine& engine, const StoreBinding& stores) {
  RandomData less = data;
  while (less.items() > 0 && !isLight(less, engine, stores)) less = half(std::move(less));
  return less;
}

}  // namespace featc
