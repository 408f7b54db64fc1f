// SPDX-License-Identifier: Apache-2.0
// JSON read as values of the language's types: one meaning for request lines and store rows.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/program_info.h"
#include "values/value.h"

namespace featc {

// What is wrong, in words that follow a field's name and a colon: `expected int64, found "3"`.
// Empty: fine.
using JsonError = std::string;

// What an integer from 2^63 to 2^64 - 1 is as an int64: an error, or the negative one of the same 64 bits.
struct WideIntegers {
  bool taken = false;
  uint64_t count = 0;  // of those that were taken
  uint64_t first = 0;
};

// -- One value, not null ----------------------------------------------------------------------------
// Each leaves `out` alone and says why when the element is no such value.

JsonError readJsonBool(simdjson::dom::element element, bool& out);
// An integer within int64 or taken by `wide`, or a number with point or exponent that is a whole one below 2^53.
JsonError readJsonInt(simdjson::dom::element element, int64_t& out, WideIntegers& wide);
// Epoch seconds, or a text that parseTimestamp() reads.
JsonError readJsonTime(simdjson::dom::element element, int64_t& out);
// Any number; an integer goes to the nearest double.
JsonError readJsonFloat(simdjson::dom::element element, double& out);
// `out` points into the parser's document.
JsonError readJsonString(simdjson::dom::element element, std::string_view& out);
// A map's key of type int64, which JSON can only write as a string: optional `-`, digits.
JsonError readJsonIntKey(std::string_view text, int64_t& out, WideIntegers& wide);

// -- A value of any type ----------------------------------------------------------------------------

// null is a missing value, whatever the type; so it is as a list's element and as a map's value. Of
// repeated keys of an object the last wins.
JsonError readJson(simdjson::dom::element element, Type type, Value& out, WideIntegers& wide);

// With integers beyond int64 refused.
inline JsonError readJson(simdjson::dom::element element, Type type, Value& out) {
  WideIntegers none;
  return readJson(element, type, out, none);
}

// An array of objects, or null: `out` gets a list for each of `members`, which are those of one list of structs.
// Where an element is null or lacks a member, that member is missing there; other keys are left alone.
JsonError readJsonStructs(simdjson::dom::element element, std::span<const SourceField> members, std::span<Value> out,
                          WideIntegers& wide);

// Parses a document as `parser` does, but an integer of more than 64 bits is a float: `-50208141146382524416`, which is
// how some programs write one. Without `anySize` it is an error, as the parser has it.
simdjson::error_code parseJson(simdjson::dom::parser& parser, std::string_view text, bool anySize,
                               simdjson::dom::element& out);

// A parse error in a writer's words: `a number is out of range`. A lack of memory is not a fault of the text: it throws
// std::bad_alloc.
std::string jsonErrorText(simdjson::error_code code);

}  // namespace featc
