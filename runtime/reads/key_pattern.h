// SPDX-License-Identifier: Apache-2.0
// The text of a store key: a source's key pattern filled in with the key fields' values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/program_info.h"
#include "values/cell.h"

namespace featc {

// Appends a key field's value as it stands in a key: integers in decimal, strings as their bytes,
// floats in their shortest form, bools as true or false. False, with nothing appended, for a float
// that is not finite: it counts as missing.
bool appendKeyPart(std::string& text, bool value);
bool appendKeyPart(std::string& text, int64_t value);
bool appendKeyPart(std::string& text, double value);
bool appendKeyPart(std::string& text, Str value);

// Percent-encodes all from `begin` on, as URLs have it: every byte but letters, digits and `-._~` becomes `%` and two
// hexadecimal digits in upper case.
void escapeKeyPart(std::string& text, size_t begin);
// Whether such a part may hold the byte.
bool isInEscapedPart(char byte);

// A key pattern cut into its parts: `user:{user_id}` is "user:", field 0, "". Braces that name no
// key field stand for themselves.
class KeyPattern {
 public:
  explicit KeyPattern(const SourceInfo& source);

  // Appends the key to `text`; `appendField(i, text)` appends the value of key field i and says
  // whether it is there. False when it is not: such a row reads nothing.
  template <class AppendField>
  bool render(std::string& text, AppendField&& appendField) const {
    for (const Part& part : parts_) {
      text += part.literal;
      if (part.field == kNoField) continue;
      size_t begin = text.size();
      if (!appendField(part.field, text)) return false;
      if (escaped_) escapeKeyPart(text, begin);
    }
    return true;
  }

 private:
  static constexpr uint32_t kNoField = UINT32_MAX;
  struct Part {
    std::string literal;
    uint32_t field = kNoField;  // follows the literal
  };
  std::vector<Part> parts_;
  bool escaped_;
};

}  // namespace featc
