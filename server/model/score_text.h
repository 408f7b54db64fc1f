// SPDX-License-Identifier: Apache-2.0
// Scores of one item as text: of `featc score`, and of the answers of `featc serve`.
#pragma once

#include <string>
#include <string_view>

#include "data/record_reader.h"
#include "server/model/model_scorer.h"

namespace featc {

// The column's numbers of the item, with `separator` between them.
void appendScoreNumbers(const ScoreColumn& column, size_t item, std::string_view separator, std::string& out);

// The item, which stood at `row` of the input, as a line of JSON: its place, then the columns under their names.
void appendScoreLine(const Scores& scores, size_t item, const InputRow& row, std::string& out);

}  // namespace featc
