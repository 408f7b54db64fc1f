// SPDX-License-Identifier: Apache-2.0
// From a value to what an output emits. Native code inlines the two scalar forms; everything else
// goes through these functions in every engine.
#pragma once

#include <cstdint>

#include "ops/inline.h"
#include "runtime/executable.h"

namespace featc {

// -- One value ------------------------------------------------------------------------------------

// The id of a present payload; of a missing one the id of `missing V`, or 0.
uint64_t sparseId(Maybe<int64_t> payload, const OutputInfo& output);
InlineValue inlineSparseId(Inline& b, InlineTerm payload, const OutputInfo& output);
// Whether a payload is present and does not fit an id.
InlineValue inlineLosesBits(Inline& b, InlineTerm payload);
// float64 -> float32; missing, not finite or beyond float32 gives the default.
float denseValue(Maybe<double> value, const OutputInfo& output);

// -- Columns ----------------------------------------------------------------------------------------

// Emits rows begin .. begin+n-1 of output `index` from `values`, whose row 0 is row `begin`.
// Value types: sparse int64, list<int64>, weighted<int64>; dense float64, list<float64>; sequence
// list<int64>; of a sequence group lists of these, sequences excepted. Counts what does not fit; a row with too many
// ids gets RowStatus::TooManyIds.
void emitColumn(ShardFrame& shard, const OutputInfo& output, uint32_t index, const ColumnRef& values, int64_t begin,
                uint32_t n);
// The same of lists that are flat (`values.flat`): one loop over all elements. False: this output or these rows need
// emitColumn, and nothing was emitted.
bool emitFlat(ShardFrame& shard, const OutputInfo& output, uint32_t index, const ColumnRef& values, int64_t begin,
              uint32_t n);
// Counts integers that lose bits; emitColumn does so itself.
uint64_t countLostBits(const ColumnRef& values, uint32_t n);

}  // namespace featc
