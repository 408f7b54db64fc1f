// SPDX-License-Identifier: Apache-2.0
// Starts reading a JSON document, and looks whether there was memory for it.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <new>
#include <string_view>

namespace featc {

// As parser.iterate() does. simdjson does not look whether the parser got its buffer for strings and would write to
// null: of that, as of any other lack of memory, this throws std::bad_alloc. The parser may be used again.
inline simdjson::error_code startJson(simdjson::ondemand::parser& parser, const char* text, size_t size, size_t room,
                                      simdjson::ondemand::document& document) {
  struct Reached : simdjson::ondemand::document {
    static simdjson::ondemand::json_iterator& iteratorOf(simdjson::ondemand::document& document) {
      return document.*&Reached::iter;
    }
  };
  simdjson::error_code error = parser.iterate(text, size, room).get(document);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error == simdjson::SUCCESS && Reached::iteratorOf(document).string_buf_loc() == nullptr) throw std::bad_alloc();
  return error;
}

// A copy with the room behind it that the parsers want; without memory simdjson's own is empty.
inline simdjson::padded_string paddedCopy(std::string_view text) {
  simdjson::padded_string copy(text);
  if (copy.size() != text.size()) throw std::bad_alloc();
  return copy;
}

}  // namespace featc
