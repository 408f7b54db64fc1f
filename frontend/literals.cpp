// SPDX-License-Identifier: Apache-2.0
// Numbers and strings: from their text in a config to their value and back.
#include "frontend/literals.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "frontend/bad_tokens.h"
#include "frontend/lexer.h"
#include "support/utf8.h"

namespace featc {
namespace {

std::optional<uint32_t> hexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

std::string_view shown(std::string_view text) { return text.substr(0, 60); }

// Decodes the escapes of one string.
class Unescaper {
 public:
  Unescaper(std::string_view body, Span span, Diagnostics& diagnostics)
      : body_(body), span_(span), diagnostics_(diagnostics) {}

  std::optional<std::string> run() {
    std::string out;
    out.reserve(body_.size());
    while (at_ < body_.size()) {
      if (body_[at_] != '\\') {
        out += body_[at_++];
      } else if (!escape(out)) {
        return std::nullopt;
      }
    }
    return out;
  }

 private:
  bool escape(std::string& out) {
    size_t begin = at_;
    char kind = body_[at_ + 1];
    at_ += 2;
    switch (kind) {
      case '\\':
      case '"': out += kind; return true;
      case 'n': out += '\n'; return true;
      case 't': out += '\t'; return true;
      case 'r': out += '\r'; return true;
      case 'x': return hexEscape(out, begin);
      case 'u': return codePointEscape(out, begin);
      default: break;
    }
    while (at_ < body_.size() && (static_cast<unsigned char>(body_[at_]) & 0xC0U) == 0x80U) ++at_;
    return fail(begin, fmt::format("\"{}\" is not an escape", body_.substr(begin, at_ - begin)),
                R"(escapes are \\ \" \n \t \r \xHH \u{...}; r"..." takes every character as it is)");
  }

  bool hexEscape(std::string& out, size_t begin) {
    auto digit = [this](size_t at) { return at < body_.size() ? hexDigit(body_[at]) : std::nullopt; };
    auto high = digit(at_);
    auto low = digit(at_ + 1);
    if (!high || !low) return fail(begin, R"("\x" takes two hexadecimal digits)", R"(such as \x0A)");
    out += static_cast<char>(*high << 4U | *low);
    at_ += 2;
    return true;
  }

  bool codePointEscape(std::string& out, size_t begin) {
    constexpr std::string_view kExample = R"(such as \u{4e2d})";
    if (at_ == body_.size() || body_[at_] != '{') {
      return fail(begin, R"("\u" takes hexadecimal digits in braces)", kExample);
    }
    uint32_t codePoint = 0;
    size_t digits = 0;
    for (++at_; at_ < body_.size() && hexDigit(body_[at_]); ++at_, ++digits) {
      if (codePoint <= 0x10FFFF) codePoint = codePoint << 4U | *hexDigit(body_[at_]);
    }
    if (digits == 0 || at_ == body_.size() || body_[at_] != '}') {
      return fail(begin, R"("\u" takes hexadecimal digits in braces)", kExample);
    }
    ++at_;
    if (codePoint > 0x10FFFF || (codePoint >= 0xD800 && codePoint <= 0xDFFF)) {
      return fail(begin, fmt::format("\"{}\" is not a character", shown(body_.substr(begin, at_ - begin))),
                  "code points go from 0 to 10FFFF, without D800 to DFFF");
    }
    appendUtf8(out, codePoint);
    return true;
  }

  bool fail(size_t begin, std::string message, std::string_view note) {
    // The span is that of the body.
    auto at = [this](size_t offset) { return span_.begin + static_cast<uint32_t>(offset); };
    diagnostics_.report(DiagnosticKind::InvalidString, {span_.file, at(begin), at(at_)}, std::move(message))
        .note(std::string(note));
    return false;
  }

  std::string_view body_;
  Span span_;
  Diagnostics& diagnostics_;
  size_t at_ = 0;
};

}  // namespace

std::optional<int64_t> decodeInteger(std::string_view digits, bool negative, Span span, Diagnostics& diagnostics) {
  uint64_t magnitude = 0;
  auto result = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude);
  constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();
  if (result.ec != std::errc{} || magnitude > kLargest + (negative ? 1 : 0)) {
    diagnostics
        .report(DiagnosticKind::InvalidNumber, span,
                fmt::format("{}{} does not fit in int64", negative ? "-" : "", shown(digits)))
        .note("int64 goes from -9223372036854775808 to 9223372036854775807; with a point it is a float64");
    return std::nullopt;
  }
  return static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
}

std::optional<double> decodeFloat(std::string_view text, Span span, Diagnostics& diagnostics) {
  double value = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || !std::isfinite(value)) {
    diagnostics.report(DiagnosticKind::InvalidNumber, span, fmt::format("{} does not fit in float64", shown(text)))
        .note("apart from 0, the size of a float64 is between about 5e-324 and 1.8e308");
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> decodeString(std::string_view literal, Span span, Diagnostics& diagnostics) {
  if (literal[0] != '"' && literal[0] != 'r')  // in quotes of another kind
    return decodeString(plainString(literal), span, diagnostics);
  bool raw = literal[0] == 'r';
  size_t quote = raw ? 1 : 0;
  std::string_view body = literal.substr(quote + 1, literal.size() - quote - 2);
  if (raw) return std::string(body);
  return Unescaper(body, {span.file, span.begin + 1, span.end - 1}, diagnostics).run();
}

std::string encodeString(std::string_view bytes) {
  std::string out = "\"";
  size_t invalid = findInvalidText(bytes).value_or(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) {
    char c = bytes[i];
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '"': out += "\\\""; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (i == invalid || (c >= 0 && c < 0x20) || c == 0x7F) {
          out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
          out += c;
        }
    }
    if (i == invalid) {
      auto next = findInvalidText(bytes.substr(i + 1));
      invalid = next ? i + 1 + *next : bytes.size();
    }
  }
  return out + '"';
}

std::string encodeFloat(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace featc
