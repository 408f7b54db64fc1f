// SPDX-License-Identifier: Apache-2.0
// How stores write a field's value as text: one grammar for Redis hashes and LMDB rows.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "values/arena.h"
#include "values/value.h"

namespace featc {

// Numbers are decimal, bools `0` and `1`, strings their bytes; everything else is JSON. Under `semantics 2` numbers and
// bools of other forms are read too, and integers from 2^63 to 2^64 - 1 keep their 64 bits. docs/stores.md.

// Appends a present value of `type`.
void appendFieldText(std::string& text, const Value& value, Type type);
// Appends a value of any type as JSON; a missing one as null.
void appendJsonValue(std::string& text, const Value& value);

// Reads texts into columns. Not thread-safe: it keeps a parser.
class FieldTextReader {
 public:
  // Writes the cell at `row` of a column of `type` whose row is still missing. What the cell points to goes to
  // `arena`, but a string's bytes stay where `text` has them. False, with the row left missing, when the text is
  // no such value. JSON's null is a missing value.
  bool read(std::string_view text, Type type, uint32_t semantics, const ColumnRef& column, uint64_t row, Arena& arena);
  // The same of a JSON value; strings go to the arena too.
  bool read(simdjson::dom::element element, Type type, uint32_t semantics, const ColumnRef& column, uint64_t row,
            Arena& arena);
  // A JSON document; valid until the next call of this object.
  bool parse(std::string_view text, uint32_t semantics, simdjson::dom::element& document);

 private:
  simdjson::dom::parser parser_;
  Value value_;
};

}  // namespace featc
