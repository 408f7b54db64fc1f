// SPDX-License-Identifier: Apache-2.0
// What phrases of other languages are here, where more than filling in a text tells.
#pragma once

#include <string>

#include "frontend/phrase_matcher.h"

namespace featc {

struct PhraseMade {
  bool applies = true;  // else it is another phrase
  std::string to{};     // empty: nothing that is certain
  std::string say{};    // instead of the table's text
  uint32_t end = 0;     // of the tokens that it stands for, where they are more than the phrase
};
using PhraseMaker = PhraseMade (*)(const PhraseMatch& match);

// Whether a text is one call, name or literal, beside which nothing needs parentheses.
bool isCallOrName(const std::string& text);

PhraseMade like(const PhraseMatch& match);
PhraseMade unlike(const PhraseMatch& match);
PhraseMade elementwise(const PhraseMatch& match);
PhraseMade filtered(const PhraseMatch& match);
PhraseMade condition(const PhraseMatch& match);
// `n & 3`, `n << 2`
PhraseMade bits(const PhraseMatch& match);
// `x ^ 2`, a power, or an exclusive or.
PhraseMade caret(const PhraseMatch& match);
// `a div b`
PhraseMade quotient(const PhraseMatch& match);
PhraseMade negation(const PhraseMatch& match);
PhraseMade partOfTime(const PhraseMatch& match);
PhraseMade method(const PhraseMatch& match);
PhraseMade arrow(const PhraseMatch& match);
PhraseMade ofModule(const PhraseMatch& match);
PhraseMade formatted(const PhraseMatch& match);
PhraseMade slice(const PhraseMatch& match);
PhraseMade reversed(const PhraseMatch& match);

}  // namespace featc
