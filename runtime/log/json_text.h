// SPDX-License-Identifier: Apache-2.0
// Values as JSON that reads back to the same value.
#pragma once

#include <string>
#include <string_view>

#include "ops/value.h"
#include "runtime/batch.h"

namespace featc {

// Each appends a value. What JSON cannot hold (a string that is no UTF-8, a number that is not finite) is
// written as null, and `problem` says so unless it says something already.
void appendJson(std::string& out, const Value& value, std::string& problem);
// Row `row` of a column as a call reads it.
void appendJson(std::string& out, const ColumnData& column, Type type, int64_t row, std::string& problem);

}  // namespace featc
