// SPDX-License-Identifier: Apache-2.0
// Writes names and literals.
#include "fg/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "fg/node.h"
#include "support/text_direction.h"
#include "support/utf8.h"

namespace featc::fg {

namespace {

// Each code point with its bytes; 0 for a byte that is none.
template <class F>
void forEachCodePoint(std::string_view text, F&& use) {
  while (!text.empty()) {
    size_t bytes = codePointBytes(text);
    use(bytes == 0 ? 0 : decodeCodePoint(text, bytes), text.substr(0, std::max<size_t>(bytes, 1)));
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
}

}  // namespace

std::string literalText(std::string_view text) {
  std::string out = "\"";
  forEachCodePoint(text, [&](uint32_t point, std::string_view bytes) {
    auto byte = static_cast<unsigned char>(bytes[0]);
    if (turnsText(point)) {
      out += fmt::format("\\u{{{:x}}}", point);
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      if (byte == '"' || byte == '\\') out += '\\';
      out += bytes;
    }
  });
  return out + "\"";
}

std::string commentText(std::string_view text) {
  std::string out;
  forEachCodePoint(text, [&](uint32_t point, std::string_view bytes) {
    bool isHidden =
        turnsText(point) || endsLineElsewhere(point) || (static_cast<unsigned char>(bytes[0]) < 0x20 && bytes != "\t");
    out += isHidden ? "?" : bytes;
  });
  return out;
}

std::string nameText(std::string_view name) {
  auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  bool bare = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
              std::all_of(name.begin(), name.end(), plain) && name != "true" && name != "false";
  return bare ? std::string(name) : "`" + std::string(name) + "`";
}

bool canBeName(std::string_view name) {
  bool can = !name.empty();
  forEachCodePoint(name, [&](uint32_t point, std::string_view bytes) {
    auto byte = static_cast<unsigned char>(bytes[0]);
    can = can && byte != '`' && byte >= 0x20 && byte != 0x7f && !turnsText(point);
  });
  return can;
}

std::string numberText(double value) {
  std::string text = fmt::format("{}", value);
  text.erase(std::remove(text.begin(), text.end(), '+'), text.end());
  return text == "-0" ? "0" : text;
}

std::string floatText(double value) {
  std::string text = numberText(value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string float32Text(double value) { return numberText(static_cast<double>(static_cast<float>(value))); }

std::string constantText(double float32) {
  std::string text = fmt::format("{}", static_cast<float>(float32));
  text.erase(std::remove(text.begin(), text.end(), '+'), text.end());
  if (text == "-0") text = "0";
  return numberOf(text) == float32 ? text : "float32(" + text + ")";
}

}  // namespace featc::fg
