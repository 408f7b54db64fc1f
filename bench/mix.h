// SPDX-License-Identifier: Apache-2.0
// The configs that are measured, and data for them: the same for every run and machine.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/batch_builder.h"

namespace featc::bench {

// Whether fields may be missing: `int64` or `int64?`.
enum class Fields { Required, Optional };

// `features` outputs over 50 item columns (20 int64, 20 float64, 10 strings), a quarter each: integer
// id, hash of a string, bucketize with 8 boundaries of its own, cross of two integers.
std::string mixConfig(uint32_t features, Fields fields = Fields::Required);

// `features` outputs, each an expression of a shape of its own of 5 to 15 operators over the same
// columns, which may be missing. The same seed gives the same text.
std::string generatedConfig(uint32_t features, uint64_t seed);

// What the values are like. `Odd`: in a tenth of the rows numbers are not finite or negative or
// huge, and strings are empty or long. Rivals must agree on them, though they are not what is timed.
enum class Values { Usual, Odd };

// `rows` items of one request for either config; a share `missing` of the values is missing when
// the config's fields are optional; none may be where they are required.
void fillMix(BatchBuilder& builder, uint32_t rows, double missing, uint64_t seed, Values values = Values::Usual);

}  // namespace featc::bench
