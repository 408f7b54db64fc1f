// SPDX-License-Identifier: Apache-2.0
// Reads the words, numbers, names, strings and types of one line of IR text.
#pragma once

#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runtime/program_info.h"
#include "support/source.h"
#include "values/type.h"
#include "values/value.h"

namespace featc {

// Why a line is not IR. Thrown by the scanner and the parser, caught in parseGraph.
struct IrTextError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Each function skips blanks first and throws IrTextError where the text is something else.
class TextScanner {
 public:
  explicit TextScanner(std::string_view line) : rest_(line) {}

  // Nothing but a comment is left.
  bool atEnd();
  // `# file:line:col` at the end of a line: the file, and where.
  struct Place {
    std::string_view file;
    LineColumn at;
  };
  std::optional<Place> place();
  void expectEnd();
  bool nextIs(char c);
  bool accept(char c);
  void expect(char c);

  // A word of letters, digits and `_`; empty where the next thing is none.
  std::string_view peekWord();
  std::string_view word();
  bool acceptWord(std::string_view word);
  // A word, or any bytes in backquotes.
  std::string name();
  // "..." with the language's escapes.
  std::string string();
  template <class T>
  T integer(T smallest, T largest) {
    return integerOf(numberText(), smallest, largest);
  }
  double number();
  // The number behind a `%`.
  uint32_t nodeNumber();
  // `map<string, float64>?`, or `none`; nothing for what a read has, `row` or `rows`. Of a field it may be timestamp.
  std::optional<Type> type(bool ofField = false);
  Scope scope();

  // Steps over a constant, whatever its type: the type stands behind it.
  TextScanner skipConstant();
  Value constant(Type type);

 private:
  template <class T>
  static T integerOf(std::string_view text, T smallest, T largest) {
    T value{};
    auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value < smallest || value > largest) {
      throw IrTextError("\"" + std::string(text) + "\" is not an integer from " + std::to_string(smallest) + " to " +
                        std::to_string(largest));
    }
    return value;
  }
  void skipBlanks();
  std::string_view numberText();
  std::string quoted(char quote);
  void appendEscape(std::string& out);
  uint32_t hexDigits(size_t count);
  Value listConstant(Type element);
  Value mapConstant(Type type);

  std::string_view rest_;
};

}  // namespace featc
