// SPDX-License-Identifier: Apache-2.0
// What other languages write with several tokens, and what it is here: a table.
#include "frontend/foreign_phrases.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/frontend.h"
#include "frontend/phrase_makers.h"
#include "frontend/phrase_matcher.h"
#include "frontend/statement_parser.h"

namespace featc {

namespace {

// A line of the table.
struct Phrase {
  std::string_view pattern;    // as matchPhrase takes it
  std::string_view to;         // what it is here; empty: nothing that is certain
  std::string_view say;        // {}: the phrase's first word or sign, as it is written
  PhraseMaker make = nullptr;  // what is certain, worked out; instead of `to`
};

constexpr std::string_view kMissing =
    "a missing value equals nothing; test for it with is_missing(x), or with !is_missing(x)";
constexpr std::string_view kChoice =
    "\"{}\" is not an operator; a choice is written condition ? value : other, or with a table value_map(x, {key: "
    "value})";
constexpr std::string_view kRange = "\"{}\" is not an operator; a range is written low <= x && x <= high";
constexpr std::string_view kList =
    "\"{}\" is not an operator; to test whether a list contains a value, write contains(list, value)";
constexpr std::string_view kNoList =
    "\"not in\" is not an operator; to test that a list does not contain a value, write !contains(list, value)";
constexpr std::string_view kLike =
    "\"{}\" is not an operator; a part of a string is found with contains(s, part), starts_with, ends_with or "
    "regex_match(s, pattern)";
constexpr std::string_view kPattern = "\"{}\" is not an operator; a pattern is found with regex_match(s, pattern)";
constexpr std::string_view kConversion =
    "\"{}\" is not an operator; a conversion is written int(x), float(x), string(x) or bool(x)";
constexpr std::string_view kCast = "a conversion is written int(x), float(x), string(x) or bool(x)";
constexpr std::string_view kPower = "\"{}\" is not an operator; a power is written pow(base, exponent)";
constexpr std::string_view kQuotient =
    "\"//\" is not an operator; a comment starts with \"#\"; floor(a / b) rounds a quotient down, and div(a, b) cuts "
    "that of integers";
constexpr std::string_view kEach =
    "\"{}\" is not an operator; operators work on each element of a list: lower(tags), clicks % 10";
constexpr std::string_view kCaret =
    "\"^\" is not an operator; write a power as pow(base, exponent), and the exclusive or of bits as bit_xor(a, b)";
constexpr std::string_view kBitAnd =
    "\"&\" is not an operator; \"&&\" joins conditions, and bit_and(a, b) is the \"and\" of bits";
constexpr std::string_view kBitOr =
    "\"|\" is not an operator; \"||\" joins conditions, and bit_or(a, b) is the \"or\" of bits";
constexpr std::string_view kBitNot = "\"~\" is not an operator; \"!\" negates a condition, and bit_not(a) inverts bits";
constexpr std::string_view kShiftLeft = "\"<<\" is not an operator; shift_left(x, n) shifts bits";
constexpr std::string_view kShiftRight = "\">>\" is not an operator; shift_right(x, n) shifts bits";
constexpr std::string_view kDiv =
    "\"{}\" is not an operator; a whole quotient is div(a, b) for integers, and trunc(a / b) for floats";
constexpr std::string_view kAssigned = "there is no assignment; name a value with let NAME = ...";
constexpr std::string_view kBody = "a fn is one expression: fn NAME(a: T) = expression";
constexpr std::string_view kNamed = "name a value, without a type, with let NAME = ...";
constexpr std::string_view kOutput =
    "\"{}\" does not start a statement; declare a feature of numbers with \"dense\", one of ids with \"sparse\"";
constexpr std::string_view kFilter = "a condition on a list chooses its elements: mask(clicks, clicks > 5)";
constexpr std::string_view kSpaced = "an operator is written without a space in it";
constexpr std::string_view kVariable = "a name is written without \"{}\"";
constexpr std::string_view kMethod = "values have no methods; pass the value to a function: lower(city)";
constexpr std::string_view kModule = "operators are not in modules; they are called by their names alone";
constexpr std::string_view kJoined = "strings are joined with concat";

constexpr Phrase kFunctions[] = {
    {"fn|def|function|func|fun|macro W ( G ) -> D { return E }", "fn W(G) = E", kBody},
    {"fn|def|function|func|fun|macro W ( G ) : D { return E }", "fn W(G) = E", kBody},
    {"fn|def|function|func|fun|macro W ( G ) { return E }", "fn W(G) = E", kBody},
    {"fn|def|function|func|fun|macro W ( G ) { E }", "fn W(G) = E", kBody},
    {"fn|def|function|func|fun|macro W ( G ) = { return E }", "fn W(G) = E", kBody},
    {"fn|def|function|func|fun|macro W ( G ) -> D : return E", "fn W(G) = E", kBody},
    {"fn|def|function|func|fun|macro W ( G ) : return E", "fn W(G) = E", kBody},
    {"fn|def|function|func|fun|macro W ( G ) -> D = E", "fn W(G) = E",
     "a fn does not declare its result type, which is that of its expression"},
    {"fn|def|function|func|fun|macro W ( G ) : D = E", "fn W(G) = E",
     "a fn does not declare its result type, which is that of its expression"},
    {"fn|def|function|func|fun|macro W ( G ) => E", "fn W(G) = E", kBody},
    {"fn|def|function|func|fun|macro W ( G ) -> E", "fn W(G) = E", kBody},
    {"def|function|func|fun|macro W ( G ) = E", "fn W(G) = E", "\"fn\" declares a formula: fn NAME(a: T) = expression"},
    {"def|function|func|fun|macro W (", "",
     "\"fn\" declares a formula; each parameter has a type: fn NAME(a: T) = expression"},
    {"fn|def|function|func|fun|macro W ( R ) {", "", kBody},
};

// What starts a statement elsewhere.
constexpr Phrase kStatements[] = {
    {"var|val|const|auto|set|local|my|declare|static|final|define W = E", "let W = E", kNamed},
    {"var|val|const|auto|let|static|final W : D = E", "let W = E", kNamed},
    {"const|static|final T W = E", "let W = E", kNamed},
    {"T W = E", "let W = E", kNamed},
    {"W : D = E", "let W = E", kNamed},
    {"W := E", "let W = E", kNamed},
    {"def|function|func|fun|macro W =", "let W =", kNamed},
    {"group W over", "sequence group W over", "a group starts with \"sequence group\""},
    {"group over", "sequence group over", "a group starts with \"sequence group\""},
    {"include|require|use|source|load|using S", "import S", "a line import \"FILE\" reads another config"},
    {"feature|output|column|numeric|continuous W = E", "dense W = E", kOutput},
    {"feature|output|column|numeric|continuous W", "", kOutput},
    {"categorical|category|bucket|id W", "", kOutput},
};

constexpr Phrase kPhrases[] = {
    {"return E", "E", "an expression is written without \"return\""},
    // Missing values.
    {"X is not M", "!is_missing(X)", kMissing},
    {"X is M", "is_missing(X)", kMissing},
    {"is not", "!=", "write \"!=\" instead of \"is not\""},
    {"is", "==", "write \"==\" instead of \"{}\""},
    // Lists, ranges, parts of strings.
    {"X not in range ( Y , Z )", "X < Y || Z <= X", kRange},
    {"X in range ( Y , Z )", "Y <= X && X < Z", kRange},
    {"[ E for W in A if C ]", "", kFilter, filtered},
    {"[ E for W in A ]", "", kEach, elementwise},
    {"E for W in A", "", kEach, elementwise},
    {"X not in L", "!contains(L, X)", kNoList},
    {"X in L", "contains(L, X)", kList},
    {"not in", "", kNoList},
    {"in", "", kList},
    {"X not between Y and Z", "X < Y || Z < X", kRange},
    {"X between Y and Z", "Y <= X && X <= Z", kRange},
    {"between", "", kRange},
    {"X not like S", "", kLike, unlike},
    {"X like S", "", kLike, like},
    {"like|ilike", "", kLike},
    {"X rlike|regexp|matches S", "regex_match(X, S)", kPattern},
    {"X =~ S", "regex_match(X, S)", kPattern},
    {"X ~ S", "regex_match(X, S)", kPattern},
    {"rlike|regexp|matches", "", kPattern},
    {"X startswith Y", "starts_with(X, Y)", kLike},
    {"X contains Y", "contains(X, Y)", "\"{}\" is called: contains(list, value)"},
    // Choices.
    {"case when C then E else F end", "C ? E : F", kChoice},
    {"case when", "", kChoice},
    {"case", "", kChoice},
    {"if C then E else F", "C ? E : F", "a choice is written \"condition ? value : other value\""},
    {"if C : E else : F", "C ? E : F", "a choice is written \"condition ? value : other value\""},
    {"E if C else F", "C ? E : F", kChoice},
    {"if", "", "a choice is written \"condition ? value : other value\""},
    {"when|then|else", "", kChoice},
    {"X ?: Y", "X ?? Y", "\"?:\" is not an operator; to replace a missing x, write x ?? other"},
    // Conversions.
    {"cast|try_cast|safe_cast ( E as T )", "T(E)", kCast},
    {"static_cast < T > ( E )", "T(E)", kCast},
    {"std|math :: W ( R )", "", kModule, ofModule},
    {"A :: T", "T(A)", kConversion},
    {"( T ) U", "T(U)", kCast},
    {"A as T", "T(A)", kConversion},
    {"::", "", kConversion},
    {"as", "", kConversion},
    {"P div U", "", kDiv, quotient},
    {"div", "", kDiv},
    // Arithmetic.
    {"A ^ U", "", kCaret, caret},
    {"A ** U", "pow(A, U)", kPower},
    {"^", "", kCaret},
    {"**", "", kPower},
    {"P // N", "floor(P / N)", kQuotient},
    {"//", "", kQuotient},
    {"mod", "%", "write \"%\" instead of \"{}\""},
    {"X << Y", "", kShiftLeft, bits},
    {"X >> Y", "", kShiftRight, bits},
    {"<<", "", kShiftLeft},
    {">>", "", kShiftRight},
    {"& &", "&&", kSpaced},
    {"| |", "||", kSpaced},
    {"&", "", kBitAnd, condition},
    {"|", "", kBitOr, condition},
    {"X & Y", "", kBitAnd, bits},
    {"X | Y", "", kBitOr, bits},
    {"&", "", kBitAnd},
    {"|", "", kBitOr},
    {"~ A", "", kBitNot, negation},
    {"~", "", kBitNot},
    {"++", "", kAssigned},
    {"+=", "", kAssigned},
    {"-=", "", kAssigned},
    {"*=", "", kAssigned},
    {"/=", "", kAssigned},
    // Logic and comparisons.
    {"and", "&&", "write \"&&\" instead of \"{}\""},
    {"or", "||", "write \"||\" instead of \"{}\""},
    {"xor", "", "instead of \"{}\", write \"!=\" between bools, and bit_xor(a, b) for integers"},
    {"eq|equals", "==", "write \"==\" instead of \"{}\""},
    {"ne", "!=", "write \"!=\" instead of \"{}\""},
    {"lt", "<", "write \"<\" instead of \"{}\""},
    {"gt", ">", "write \">\" instead of \"{}\""},
    {"le", "<=", "write \"<=\" instead of \"{}\""},
    {"ge", ">=", "write \">=\" instead of \"{}\""},
    {"not Q", "", "write \"!\" instead of \"{}\"", negation},
    {"<=>", "==", "\"{}\" is not an operator; write \"==\""},
    {"<>", "!=", "\"{}\" is not an operator; write \"!=\""},
    {"!==", "!=", "\"{}\" is not an operator; write \"!=\""},
    {"===", "==", "\"{}\" is not an operator; write \"==\""},
    {"=>", ">=", "\"{}\" is not an operator; write \">=\""},
    {"=<", "<=", "\"{}\" is not an operator; write \"<=\""},
    {"=!", "!=", "\"{}\" is not an operator; write \"!=\""},
    {"= =", "==", kSpaced},
    {"! =", "!=", kSpaced},
    {"< =", "<=", kSpaced},
    {"> =", ">=", kSpaced},
    {"? ?", "??", kSpaced},
    {":=", "=", "\"{}\" is not an operator here; write \"=\""},
    // Calls.
    {"count ( distinct E )", "count(distinct(E))", "\"distinct\" is called: count(distinct(list))"},
    {"distinct W", "distinct(W)", "\"{}\" is called: distinct(list)"},
    {"count ( * )", "", "\"count\" takes a list and counts the elements that are present"},
    {"extract ( W from E )", "", "parts of a time are hour(time), day_of_week(time), month(time)", partOfTime},
    {"date S", "parse_time(S, \"%F\")", "a time is a number of seconds; parse_time(text, format) reads it from a text"},
    {"timestamp S", "parse_time(S, \"%F %T\")",
     "a time is a number of seconds; parse_time(text, format) reads it from a text"},
    {"interval", "", "a time is a number of seconds: a day is 86400"},
    {"A over ( R )", "", "a row sees only its request and its item; read facts about other rows from a source"},
    {"filter ( A , W -> E )", "", kFilter, filtered},
    {"filter ( lambda W : E , A )", "", kFilter, filtered},
    {"transform|map ( A , W -> E )", "", kEach, elementwise},
    {"map ( lambda W : E , A )", "", kEach, elementwise},
    {"lambda W :", "", kEach},
    {"for", "", kEach},
    {"S . join ( R )", "join(R, S)", kMethod},
    {"S . format ( R )", "", "join texts with concat(a, b); string(x) turns a number into a text"},
    {"np|numpy|math|tf|torch|pd|pl|f|fn|func|functions . strings|math|feature_column|functional|functions . W ( R )",
     "", kModule, ofModule},
    {"np|numpy|math|tf|torch|pd|pl|f|functions . W ( R )", "", kModule, ofModule},
    {"A . str . W ( R )", "", kMethod, method},
    {"A . dt . W", "", kMethod, method},
    {"A . W ( R )", "", kMethod, method},
    {"A ?. W", "A.W", "write \".\": the fields of a missing row are missing"},
    {"A -> W", "", "a field is written after \".\"", arrow},
    {"-> W", "", kEach},
    // Strings.
    {"f S", "", "strings have no placeholders; join parts with concat(\"user:\", string(id))", formatted},
    {"u|b|n|e S", "S", "a string has no letter before it, except r where \"\\\" is a plain character"},
    {"S V", "concat(S, V)", kJoined},
    // Names.
    {"$ { W }", "W", kVariable},
    {"{ { W } }", "W", "a name is written without brackets"},
    {"$ W", "W", kVariable},
    {"@ W", "W", kVariable},
    // Parts of lists.
    {"A [ : : - N ]", "", "a list is reversed with reverse(list)", reversed},
    {"A [ N : N ]", "", "\"[...]\" takes one position", slice},
    {"A [ : N ]", "", "\"[...]\" takes one position", slice},
    {"A [ N : ]", "", "\"[...]\" takes one position", slice},
    {"A [ - N : ]", "", "\"[...]\" takes one position", slice},
    {"A [ E : F ]", "", "\"[...]\" takes one position", slice},
    {"A [ : E ]", "", "\"[...]\" takes one position", slice},
    {"A [ E : ]", "", "\"[...]\" takes one position", slice},
};

std::optional<PhraseFound> find(const Phrase& phrase, const TokenFile& file, const StatementTokens& statement,
                                uint32_t at) {
  auto match = matchPhrase(phrase.pattern, file, statement, at);
  if (!match) return std::nullopt;
  std::string to(phrase.to);
  PhraseFound found{match->span(match->anchor()), match->span(match->range()), std::string(phrase.say), std::nullopt};
  if (size_t hole = found.message.find("{}"); hole != std::string::npos)
    found.message.replace(hole, 2, file.text().substr(found.at.begin, found.at.end - found.at.begin));
  if (phrase.make != nullptr) {
    PhraseMade made = phrase.make(*match);
    if (!made.applies) return std::nullopt;
    to = std::move(made.to);
    if (!made.say.empty()) found.message = std::move(made.say);
    if (made.end != 0) found.span = match->span({match->range().begin, made.end});
  } else {
    to = match->fill(to);
  }
  if (to.empty()) return found;
  bool isWord = phrase.pattern.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
  bool isStatement = match->range().begin == statement.begin;
  if (!isWord && !isStatement && !isCallOrName(to) && !match->standsAlone()) to = fmt::format("({})", to);
  if (makesSense(file, statement, found.span, to)) found.instead = std::move(to);
  return found;
}

// Whether brackets, signs and conditions may stand deeper inside one another than a config may have them. The parser
// goes as deep as they do, and what is proposed has not been through the splitter's check.
bool mayBeTooDeep(const TokenFile& file) {
  constexpr uint32_t kDeepest = FrontendLimits{}.nesting;
  const std::vector<Token>& tokens = file.tokens;
  std::string_view keyword = file.text(tokens[0]);
  bool isSchema = keyword == "request" || keyword == "item" || keyword == "source";  // `?` belongs to a type
  std::vector<uint32_t> around;  // by open bracket: how deep it stands
  uint32_t depth = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    TokenKind kind = tokens[i].kind;
    uint32_t least = around.empty() ? 0 : around.back() + 1;
    bool isUnary = kind == TokenKind::Not || (kind == TokenKind::Minus && (i == 0 || !endsOperand(tokens[i - 1].kind)));
    bool isCondition = !isSchema && (kind == TokenKind::Question || kind == TokenKind::Default);
    if (opensBracket(kind)) around.push_back(depth);
    if (opensBracket(kind) || isUnary || isCondition || kind == TokenKind::Less) ++depth;
    if (depth > kDeepest) return true;
    if (kind == TokenKind::Greater && depth > least) --depth;
    if (kind == TokenKind::Comma && !isSchema) depth = least;
    if (!closesBracket(kind) || around.empty()) continue;
    depth = around.back();
    around.pop_back();
  }
  return false;
}

}  // namespace

// Whether the statement makes sense up to the end of what would stand instead.
bool makesSense(const TokenFile& file, const StatementTokens& statement, Span span, const std::string& instead) {
  uint32_t begin = file.tokens[statement.begin].begin;
  uint32_t end = file.tokens[statement.end - 1].end;
  std::string_view all = file.text();
  std::string text(all.substr(begin, span.begin - begin));
  text += instead;
  auto mended = static_cast<uint32_t>(text.size());
  text += all.substr(span.end, end - span.end);
  SourceFile source("", std::move(text));
  TokenFile changed;
  changed.source = &source;
  changed.tokens = tokenize(source.text(), file.tokens.size() + instead.size() + 1).tokens;
  auto bad = std::ranges::find_if(changed.tokens, [](const Token& t) { return isBadToken(t.kind); });
  if (bad != changed.tokens.end()) return bad->begin >= mended;
  StatementTokens whole{0, static_cast<uint32_t>(changed.tokens.size() - 1), false, statement.part};
  if (whole.end == 0 || !statementKeyword(source.text().substr(0, changed.tokens[0].end))) return false;
  if (mayBeTooDeep(changed)) return false;
  StatementParser parser;
  return parser.parse(changed, whole) != nullptr || changed.tokens[parser.failure().token].begin >= mended;
}

std::optional<PhraseFound> foreignPhrase(const TokenFile& file, const StatementTokens& statement, uint32_t at) {
  for (const Phrase& phrase : kFunctions)
    if (auto found = find(phrase, file, statement, at)) return found;
  for (const Phrase& phrase : kPhrases)
    if (auto found = find(phrase, file, statement, at)) return found;
  return std::nullopt;
}

std::optional<PhraseFound> foreignStatement(const TokenFile& file, const StatementTokens& lines) {
  for (const Phrase& phrase : kFunctions)
    if (auto found = find(phrase, file, lines, lines.begin)) return found;
  for (const Phrase& phrase : kStatements)
    if (auto found = find(phrase, file, lines, lines.begin)) return found;
  return std::nullopt;
}

void PhraseFound::report(DiagnosticKind kind, Diagnostics& diagnostics) const {
  Diagnostic& d = diagnostics.report(kind, at, message);
  if (instead) d.replace(span, *instead);
}

}  // namespace featc
