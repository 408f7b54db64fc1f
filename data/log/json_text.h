// SPDX-License-Identifier: Apache-2.0
// Values as JSON that reads back to the same value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/batch.h"
#include "values/cell.h"
#include "values/value.h"

namespace featc {

// Each appends a value. What JSON cannot hold (a string that is not UTF-8, a number that is not finite) is
// written as null, and `problem` says so unless it says something already.
void appendJson(std::string& out, const Value& value, std::string& problem);
// Row `row` of a column as a call reads it.
void appendJson(std::string& out, const ColumnData& column, Type type, int64_t row, std::string& problem);

// A text that is UTF-8, with quotes.
void appendQuoted(std::string& out, std::string_view text);
void appendInteger(std::string& out, int64_t value);

// Row `row` of a column as stores answer it.
void appendJson(std::string& out, const ColumnRef& column, Type type, uint64_t row, std::string& problem);
// A text; one that is not UTF-8 as above.
void appendString(std::string& out, std::string_view text, std::string& problem);

// A list in such a column: how many elements row `row` has, nothing where it is missing, and one of them.
std::optional<int64_t> listLength(const ColumnData& column, int64_t row);
void appendElement(std::string& out, const ColumnData& column, Type type, int64_t row, int64_t element,
                   std::string& problem);

}  // namespace featc
