// SPDX-License-Identifier: Apache-2.0
// A step of `edit_distance`, for a text or several at once.
#pragma once

namespace featc {

// G. Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic programming" (1999), as H.
// Hyyroe writes it (2003): the differences between neighbours in a column of the table of costs, a bit each, for a
// pattern of 1 to 64 units.
// `Bits`: a word, or a vector of words for as many texts.
template <class Bits>
struct EditColumn {
  Bits more = ~Bits{};  // where the cost is one more than above
  Bits less{};          // where it is one less

  // The next unit of the other text stands at these places of the pattern.
  // Always inline: files that are compiled for different instruction sets share it.
  [[gnu::always_inline]] void step(Bits equal) {
    Bits down = equal | less;
    Bits across = (((equal & more) + more) ^ more) | equal;
    Bits moreAcross = (less | ~(across | more)) << 1U | 1U;
    Bits lessAcross = (more & across) << 1U;
    more = lessAcross | ~(down | moreAcross);
    less = moreAcross & down;
  }
};

}  // namespace featc
