// SPDX-License-Identifier: Apache-2.0
// Whether two engines made the same of the same rows, to the bit.
#pragma once

#include <optional>
#include <string>

#include "runtime/result.h"

namespace featc {

// Whether `part` was made with so little memory that rows may lack it; such rows say nothing.
enum class Memory : uint8_t { Enough, Scarce };

// What differs first between all of `part` and the rows of `whole` that begin at a request; nothing
// when every status is equal and every row that is fine has the same ids, weights and numbers.
std::optional<std::string> difference(const Result& whole, const Result& part, int64_t firstRequest = 0,
                                      Memory memory = Memory::Enough);
// What differs in the counts of two results of the same batch.
std::optional<std::string> countDifference(const Result& a, const Result& b);

}  // namespace featc
