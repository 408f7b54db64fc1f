// SPDX-License-Identifier: Apache-2.0
// Tokens, literals and the layout rule: what file tests cannot show by a diagnostic or a tree.
#include "frontend/lexer.h"

#include "frontend/frontend.h"
#include "frontend/literals.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

std::vector<TokenKind> kinds(std::string_view text) {
  std::vector<TokenKind> result;
  for (const Token& token : tokenize(text, 1000).tokens) result.push_back(token.kind);
  return result;
}

struct Parsed {
  Sources sources;
  Diagnostics diagnostics;
  Ast ast;
};

Parsed parse(std::string text, const FrontendLimits& limits = {}) {
  Parsed result;
  FrontendOptions options;
  options.limits = limits;
  result.ast = parseConfig("main.feat", std::move(text), options, result.sources, result.diagnostics);
  return result;
}

std::string kindsOf(const Parsed& parsed) {
  std::string result;
  for (const Diagnostic& diagnostic : parsed.diagnostics.sorted()) {
    if (!result.empty()) result += ' ';
    result += kindName(diagnostic.kind);
  }
  return result;
}

std::string repeated(std::string_view part, size_t times) {
  std::string result;
  result.reserve(part.size() * times);
  for (size_t i = 0; i < times; ++i) result += part;
  return result;
}

using enum TokenKind;

TEST_CASE("signs are read as long as possible", "[lexer]") {
  CHECK(kinds("a ?? b?c") == std::vector{Name, Default, Name, Question, Name, End});
  CHECK(kinds("<= >= == != && || ! < > =") ==
        std::vector{LessEqual, GreaterEqual, Equal, NotEqual, And, Or, Not, Less, Greater, Assign, End});
  CHECK(kinds("map<string, list<int64>>?") ==
        std::vector{Name, Less, Name, Comma, Name, Less, Name, Greater, Greater, Question, End});
}

TEST_CASE("numbers", "[lexer]") {
  CHECK(kinds("0 12 1.5 1e3 1.5E-3 2e+1") == std::vector{Integer, Integer, Float, Float, Float, Float, End});
  for (const char* bad : {"1.", ".5", "0x1F", "1_000", "1.2.3", "7d", "1e", "1.e3"}) {
    CAPTURE(bad);
    CHECK(kinds(bad) == std::vector{BadNumber, End});
  }
}

TEST_CASE("strings end on their line", "[lexer]") {
  CHECK(kinds(R"("a\"b" r"\" "")") == std::vector{String, RawString, String, End});
  CHECK(kinds("\"a\nb") == std::vector{UnterminatedString, Name, End});
  CHECK(kinds("\"a\\") == std::vector{UnterminatedString, End});
  CHECK(kinds("\"a\\\n\"") == std::vector{UnterminatedString, UnterminatedString, End});
}

TEST_CASE("names, comments, byte order mark and line ends", "[lexer]") {
  CHECK(kinds("\xEF\xBB\xBFtrue false r _x9 `ctr.7d` # ` \" [\r\n y") ==
        std::vector{True, False, Name, Name, QuotedName, Name, End});
  CHECK(kinds("`` `a\n`") == std::vector{UnterminatedName, UnterminatedName, UnterminatedName, End});
  TokenList list = tokenize("a b\n c", 100);
  CHECK(list.tokens[0].startsLine);
  CHECK_FALSE(list.tokens[1].startsLine);
  CHECK(list.tokens[2].startsLine);
}

TEST_CASE("tokens are counted while they are read", "[lexer]") {
  CHECK_FALSE(tokenize("a b c", 3).exceeded);
  CHECK(tokenize("a b c d", 3).exceeded);
  CHECK(tokenize(repeated("(", 100), 10).tokens.size() == 11);
}

TEST_CASE("invalid UTF-8 and NUL are found", "[lexer]") {
  CHECK(!findInvalidText("plain \xE4\xB8\xAD \xF0\x9F\x98\x80"));
  CHECK(findInvalidText(std::string_view("ab\0", 3)) == 2U);
  // Table 3-7 of the Unicode standard: a stray continuation, overlong forms, a surrogate, beyond the last, a cut
  // sequence.
  for (const char* bad : {"a\x80", "a\xC0\x80", "a\xE0\x80\x80", "a\xED\xA0\x80", "a\xF4\x90\x80\x80", "a\xE4\xB8"}) {
    CHECK(findInvalidText(bad) == 1U);
  }
}

TEST_CASE("string literals decode and encode", "[literals]") {
  Diagnostics diagnostics;
  auto decode = [&](std::string_view literal) { return decodeString(literal, Span{}, diagnostics); };
  CHECK(decode(R"("a\\\"\n\t\r\x00\xfF\u{4e2d}")") == std::string("a\\\"\n\t\r\0\xFF\xE4\xB8\xAD", 11));
  CHECK(decode(R"(r"\n\")") == std::string(R"(\n\)"));
  CHECK(decode(R"("\u{10FFFF}")") == std::string("\xF4\x8F\xBF\xBF"));
  CHECK_FALSE(diagnostics.hasErrors());
  for (const char* bad : {R"("\q")", R"("\x4")", R"("\xg0")", R"("\u{}")", R"("\u{110000}")", R"("\u{D800}")",
                          R"("\u41")", R"("\u{41")", R"("\u{fffffffffffffffff}")"}) {
    CAPTURE(bad);
    CHECK_FALSE(decode(bad));
  }
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  CHECK(decode(encodeString(bytes)) == bytes);
}

TEST_CASE("number literals keep to their range", "[literals]") {
  Diagnostics diagnostics;
  CHECK(decodeInteger("9223372036854775807", false, {}, diagnostics) == INT64_MAX);
  CHECK(decodeInteger("9223372036854775808", true, {}, diagnostics) == INT64_MIN);
  CHECK(decodeFloat("1.7976931348623157e308", {}, diagnostics) == 1.7976931348623157e308);
  CHECK(decodeFloat("5e-324", {}, diagnostics) == 5e-324);
  CHECK_FALSE(diagnostics.hasErrors());
  CHECK_FALSE(decodeInteger("9223372036854775808", false, {}, diagnostics));
  CHECK_FALSE(decodeInteger("99999999999999999999", true, {}, diagnostics));
  CHECK_FALSE(decodeFloat("1e309", {}, diagnostics));
  CHECK_FALSE(decodeFloat("1e-999", {}, diagnostics));
  CHECK(encodeFloat(1) == "1.0");
  CHECK(encodeFloat(1e30) == "1e+30");
}

TEST_CASE("the text of an Ast parses to the same Ast", "[parser]") {
  std::string config = R"(
model `my model`
semantics 1
hash_family farm
request { a : int64? `b.c` : list<string>  m : map<int64, float64>? }
item { }
source s(k: int64, l: string) encoding json { key "x:{k}:{l}" v : float64 }
let model = -9223372036854775808
let t = !(-a + 2 * 3 - 4 / 5 % 6 < 7) && b == c || d != (e ?? f ?? `b.c`[-1].x)
fn f(x: float64?, y: list<int64>) = x > 1 ? [1, 2.0, "\n",] : g(x, k = {1: 2, 3: 4}, r"\")
sparse s slot 1 shared missing -5 = x
dense d default -1.5 width 3 = y ? 1 : z ? 2 : 3
sequence q length 5 slot 2 = s(1).v
)";
  Parsed parsed = parse(config);
  REQUIRE(kindsOf(parsed).empty());
  std::string text = toString(parsed.ast);
  Parsed again = parse(text);
  CHECK(kindsOf(again).empty());
  CHECK(toString(again.ast) == text);
  CHECK(text.find("let model = -9223372036854775808\n") != std::string::npos);
  CHECK(text.find("let t = (((!((((-a) + (2 * 3)) - ((4 / 5) % 6)) < 7)) && (b == c)) || "
                  "(d != (e ?? (f ?? `b.c`[-1].x))))\n") != std::string::npos);
  CHECK(text.find("dense d width 3 default -1.5 = (y ? 1 : (z ? 2 : 3))\n") != std::string::npos);
}

TEST_CASE("one mistake a statement, every statement is looked at", "[parser]") {
  Parsed parsed = parse("let a = (1\nlet b = 1 2 3 $ (\nlet c = 3\nspase d = 1\nlet e = )\n");
  CHECK(kindsOf(parsed) == "unclosed-bracket invalid-text unknown-statement unclosed-bracket");
  CHECK(parsed.ast.lets.size() == 1);
  CHECK(parsed.ast.brokenNames == std::vector<std::string>{"a", "b", "e"});
}

TEST_CASE("commenting out a line never glues the next one onto the line above", "[parser]") {
  CHECK(kindsOf(parse("let a = b\n# let c = d\n  + e\n")) == "stray-line");
  CHECK(kindsOf(parse("let a = b +\n  e\nlet c =\n  (d\n  + e)\n")).empty());
  CHECK(kindsOf(parse("let a = b +\nlet c = d\n")) == "syntax");
}

TEST_CASE("hostile input meets a limit of its own", "[parser]") {
  size_t many = 300'000;
  CHECK(kindsOf(parse("let x = " + repeated("(", many))) == "too-deep");
  CHECK(kindsOf(parse("let x = " + repeated("[", many))) == "too-deep");
  CHECK(kindsOf(parse("let x = " + repeated("-", many))) == "too-deep");
  CHECK(kindsOf(parse("let x = " + repeated("a ? b : ", many))) == "too-deep");
  CHECK(kindsOf(parse("let x = " + repeated("a ?? ", many))) == "too-deep");
  CHECK(kindsOf(parse("item { a : " + repeated("list<", many))) == "too-deep");
  CHECK(kindsOf(parse("let x = 1" + repeated(" + 1", many))) == "too-deep");
  CHECK(kindsOf(parse("let x = 1" + repeated(" + 1", 999))).empty());
  CHECK(kindsOf(parse("let x = a" + repeated(".b", many))) == "too-deep");
  CHECK(kindsOf(parse("let x = [1" + repeated(", 1", many) + "]")) == "literal-too-long");
  CHECK(kindsOf(parse("let x = [1" + repeated(", 1", 65'535) + "]")).empty());
  CHECK(kindsOf(parse("let x = f(" + repeated("a)+f(", 600'000) + ")")) == "statement-too-long");
  CHECK(kindsOf(parse(repeated("@\n", many))).starts_with("invalid-text"));
  FrontendLimits limits;
  limits.tokens = 10;
  CHECK(kindsOf(parse("let a = 1\nlet b = 2\nlet c = 3\n", limits)) == "too-many-tokens");
  limits.fileBytes = 10;
  CHECK(kindsOf(parse("let a = 1000\n", limits)) == "file-too-large");
}

TEST_CASE("brackets where a type may have been meant are not followed to the end", "[parser]") {
  std::string brackets = repeated("[", 300'000);
  CHECK(kindsOf(parse("x : " + brackets + "\n")).starts_with("stray-line"));
  CHECK_FALSE(kindsOf(parse("item { a : map<int64 | null, " + brackets)).empty());
}

TEST_CASE("a fix is tried on a long statement", "[parser]") {
  std::string fields = repeated("a : list<float64>? b : map<string, int64>?\n", 1'000);
  Parsed parsed = parse("item {\n" + fields + "c : float | null }\n");
  REQUIRE(kindsOf(parsed) == "syntax");
  CHECK(parsed.diagnostics.sorted().front().fix.has_value());
  parsed = parse("let a = [" + repeated("-1, !b ? c : d, e < f,\n", 1'000) + "g <> h]\n");
  REQUIRE(kindsOf(parsed) == "syntax");
  CHECK(parsed.diagnostics.sorted().front().fix.has_value());
}

TEST_CASE("a fix is not tried on what is too deep to be parsed", "[parser]") {
  size_t many = 300'000;
  CHECK(kindsOf(parse("let a = b == 1 & " + repeated("(", many) + "c == 2" + repeated(")", many) + "\n")) ==
        "invalid-text");
  CHECK(kindsOf(parse("let a = b == 1 & c == 2 " + repeated("? 1 : c ", many) + "\n")) == "invalid-text");
  CHECK(kindsOf(parse("let a = city" + repeated(".lower()", 200'000) + "\n")) == "syntax");
  CHECK(kindsOf(parse("item { a : int64 | null  b : " + repeated("list<", many) + "\n")) == "syntax");
}

// Each of these takes hours where every token looks at the rest of its line or file.
TEST_CASE("what is looked for is looked for once", "[lexer]") {
  CHECK(tokenize(repeated("«", 300'000) + std::string(1U << 20U, ' '), 1'000'000).tokens.size() == 300'001);
  CHECK(parse(repeated("/**/ ", 400'000)).diagnostics.errorCount() >= Diagnostics::kMaxErrors);
  CHECK(kindsOf(parse("let a = f(b" + repeated(";b", 300'000) + ")\n")) == "invalid-text");
  CHECK(kindsOf(parse(repeated("let a = b + c\r\n", 100'000))).empty());
  CHECK(kindsOf(parse("let a = b\r\n" + repeated("\n", 1'000'000) + "let c = d\n")).empty());
}

TEST_CASE("a quote that nothing closes hides no string of another kind, nor of the next line", "[lexer]") {
  CHECK(kinds("« “a”") == std::vector{BadCharacters, ForeignString, End});
  CHECK(kinds("« a\n«b»") == std::vector{BadCharacters, Name, ForeignString, End});
  CHECK(kinds("'a''b") == std::vector{BadCharacters, Name, ForeignString, Name, End});
}

}  // namespace
}  // namespace featc
