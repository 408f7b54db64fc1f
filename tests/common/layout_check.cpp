// SPDX-License-Identifier: Apache-2.0
// What must hold of every config's layout, whatever the config: formatConfig() itself stops where tokens or comments
// change.
#include "tests/common/layout_check.h"

#include <sstream>
#include <stdexcept>

#include "frontend/format/format_config.h"
#include "frontend/lexer.h"

namespace featc {

namespace {

// Other blanks where blanks are, in front of lines too.
std::string withOtherBlanks(const std::string& text) {
  std::string out;
  size_t end = 0;
  size_t n = 1;
  for (const Token& token : tokenize(text, SIZE_MAX).tokens) {
    std::string_view gap = std::string_view(text).substr(end, token.begin - end);
    const bool isBlank = !gap.empty() && gap.find_first_not_of(' ') == std::string_view::npos;
    if (isBlank)
      out.append(n % 4 + 1, n % 3 == 0 ? '\t' : ' ');
    else
      out += gap;
    if (gap.ends_with('\n')) out.append(n % 5, ' ');
    out += std::string_view(text).substr(token.begin, token.end - token.begin);
    end = token.end;
    n = n * 7 % 101 + 1;
  }
  return out;
}

std::string withComments(const std::string& text) {
  std::string out = "# first\n\n\n";
  std::istringstream lines(text);
  size_t n = 0;
  for (std::string line; std::getline(lines, line); ++n) {
    out += line;
    if (line.find('#') == std::string::npos) out += n % 2 == 0 ? "# of line " + std::to_string(n) + "  " : "";
    out += n % 3 == 0 ? "\n  # below\n" : n % 3 == 1 ? "\n\n\n" : "\n";
  }
  return out;
}

}  // namespace

std::optional<std::string> formatted(const std::string& text) {
  Sources sources;
  Diagnostics diagnostics;
  return formatConfig("main.feat", text, {}, sources, diagnostics);
}

std::string layoutProblem(const std::string& text) {
  try {
    const std::optional<std::string> once = formatted(text);
    if (!once) return "";
    if (formatted(*once) != once) return "the layout of the layout differs:\n" + *once;
    if (formatted(withOtherBlanks(text)) != once) return "other blanks give another layout than\n" + *once;
    const std::optional<std::string> commented = formatted(withComments(text));
    if (!commented) return "with comments, fmt refuses\n" + *once;
    if (formatted(*commented) != commented) return "the layout of the layout differs:\n" + *commented;
  } catch (const std::logic_error& e) {
    return e.what();
  }
  return "";
}

}  // namespace featc
