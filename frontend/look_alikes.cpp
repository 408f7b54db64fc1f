// SPDX-License-Identifier: Apache-2.0
// Letters that look like others, or differ from them by a mark.
#include "frontend/look_alikes.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "support/utf8.h"

namespace featc {

namespace {

// Letters of other scripts, and rare ones of this, that Unicode's TR 39 calls confusable with one of ASCII.
struct LookAlike {
  uint32_t letter;
  char ascii;
};
constexpr LookAlike kLookAlikes[] = {
    {0x0131, 'i'}, {0x017F, 'f'}, {0x0251, 'a'}, {0x0261, 'g'}, {0x0269, 'i'}, {0x0391, 'A'}, {0x0392, 'B'},
    {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'}, {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'},
    {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03B1, 'a'}, {0x03B3, 'y'},
    {0x03B9, 'i'}, {0x03BA, 'k'}, {0x03BD, 'v'}, {0x03BF, 'o'}, {0x03C1, 'p'}, {0x03C3, 'o'}, {0x03C5, 'u'},
    {0x03DC, 'F'}, {0x03F2, 'c'}, {0x03F3, 'j'}, {0x03F9, 'C'}, {0x03FA, 'M'}, {0x0405, 'S'}, {0x0406, 'I'},
    {0x0408, 'J'}, {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x0417, '3'}, {0x041A, 'K'}, {0x041C, 'M'},
    {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'},
    {0x0430, 'a'}, {0x0433, 'r'}, {0x0435, 'e'}, {0x043E, 'o'}, {0x043F, 'n'}, {0x0440, 'p'}, {0x0441, 'c'},
    {0x0443, 'y'}, {0x0445, 'x'}, {0x044C, 'b'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x0474, 'V'},
    {0x0475, 'v'}, {0x04AE, 'Y'}, {0x04BB, 'h'}, {0x04CF, 'l'}, {0x0501, 'd'}, {0x050C, 'G'}, {0x051A, 'Q'},
    {0x051B, 'q'}, {0x051C, 'W'}, {0x051D, 'w'}, {0x053C, 'L'}, {0x054D, 'U'}, {0x054F, 'S'}, {0x0555, 'O'},
    {0x0566, 'q'}, {0x0570, 'h'}, {0x0575, 'j'}, {0x0578, 'n'}, {0x057D, 'u'}, {0x0581, 'g'}, {0x0585, 'o'},
    {0x13A0, 'D'}, {0x13A1, 'R'}, {0x13A2, 'T'}, {0x13AA, 'A'}, {0x13AB, 'J'}, {0x13AC, 'E'}, {0x13B3, 'W'},
    {0x13B7, 'M'}, {0x13BB, 'H'}, {0x13C0, 'G'}, {0x13C3, 'Z'}, {0x13D9, 'V'}, {0x13DA, 'S'}, {0x13DE, 'L'},
    {0x13DF, 'C'}, {0x13E2, 'P'}, {0x13E6, 'K'}, {0x13F4, 'B'}, {0x1D0F, 'o'},
};

struct Script {
  uint32_t first;
  uint32_t last;
  std::string_view name;
};
constexpr Script kScripts[] = {
    {'A', 'Z', "Latin"},          {'a', 'z', "Latin"},          {0xC0, 0x24F, "Latin"},
    {0x370, 0x3FF, "Greek"},      {0x400, 0x52F, "Cyrillic"},   {0x530, 0x58F, "Armenian"},
    {0x13A0, 0x13FF, "Cherokee"}, {0x1E00, 0x1EFF, "Latin"},    {0x1F00, 0x1FFF, "Greek"},
    {0x2DE0, 0x2DFF, "Cyrillic"}, {0xA640, 0xA69F, "Cyrillic"}, {0xAB70, 0xABBF, "Cherokee"}};

std::string_view scriptOf(uint32_t letter) {
  const auto* script =
      std::ranges::find_if(kScripts, [&](const Script& s) { return s.first <= letter && letter <= s.last; });
  return script == std::end(kScripts) ? std::string_view() : script->name;
}

// 0 where none looks like it.
char asciiLike(uint32_t letter) {
  const auto* found = std::ranges::find(kLookAlikes, letter, &LookAlike::letter);
  return found == std::end(kLookAlikes) ? '\0' : found->ascii;
}

std::vector<uint32_t> codePoints(std::string_view text) {
  std::vector<uint32_t> all;
  while (!text.empty()) {
    size_t bytes = codePointBytes(text);
    all.push_back(bytes == 0 ? static_cast<unsigned char>(text[0]) : decodeCodePoint(text, bytes));
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return all;
}

// In Unicode's decomposed form of compatible letters, perhaps without marks.
std::string decomposed(std::string_view name, bool withMarks) {
  int options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | (withMarks ? 0 : UTF8PROC_STRIPMARK);
  utf8proc_uint8_t* bytes = nullptr;
  auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
                           static_cast<utf8proc_ssize_t>(name.size()), &bytes, static_cast<utf8proc_option_t>(options));
  std::string text =
      size < 0 ? std::string(name) : std::string(reinterpret_cast<char*>(bytes), static_cast<size_t>(size));
  std::free(bytes);
  return text;
}

std::string withAscii(std::string_view name) {
  std::string text;
  for (uint32_t letter : codePoints(name)) {
    if (char ascii = asciiLike(letter); ascii != '\0')
      text += ascii;
    else
      appendUtf8(text, letter);
  }
  return text;
}

}  // namespace

std::string plainLetters(std::string_view name) { return withAscii(decomposed(name, /*withMarks=*/false)); }

std::string lookOf(std::string_view name) {
  std::string look;
  for (char c : withAscii(decomposed(name, /*withMarks=*/true))) {
    if (c == 'I' || c == '1' || c == '|')
      look += 'l';
    else if (c == '0')
      look += 'O';
    else if (c == 'm')
      look += "rn";
    else
      look += c;
  }
  return look;
}

std::string mixedScripts(std::string_view name) {
  std::string_view other;
  bool hasLatin = false;
  for (uint32_t letter : codePoints(name)) {
    std::string_view script = scriptOf(letter);
    hasLatin = hasLatin || script == "Latin";
    if (!script.empty() && script != "Latin" && asciiLike(letter) != '\0') other = script;
  }
  return hasLatin && !other.empty() ? fmt::format("Latin and {}", other) : std::string();
}

std::string strangeLetter(std::string_view name, std::string_view like) {
  std::vector<uint32_t> a = codePoints(name);
  std::vector<uint32_t> b = codePoints(like);
  size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  return i < a.size() ? fmt::format("U+{:04X}", a[i]) : std::string();
}

}  // namespace featc
