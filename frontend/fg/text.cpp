// SPDX-License-Identifier: Apache-2.0
// Writes names and literals.
#include "frontend/fg/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "frontend/fg/node.h"

namespace featc::fg {

std::string literalText(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out + "\"";
}

std::string nameText(std::string_view name) {
  auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  bool bare = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
              std::all_of(name.begin(), name.end(), plain) && name != "true" && name != "false";
  return bare ? std::string(name) : "`" + std::string(name) + "`";
}

bool canBeName(std::string_view name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
    return c == '`' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
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
