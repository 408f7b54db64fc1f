// SPDX-License-Identifier: Apache-2.0
// Operators on strings. Positions count code points; a byte that is not UTF-8 counts as one.
#include <algorithm>
#include <cstring>

#include "ops/groups.h"
#include "ops/library/find_text.h"
#include "ops/library/lists.h"
#include "ops/operator.h"
#include "ops/suspect.h"
#include "values/code_points.h"

namespace featc {

namespace {

Str substr(Str s, int64_t start, int64_t length) {
  return cutCodePoints(s, sliceRange(codePoints(s.view()), start, length));
}

char lowerByte(char c) { return lowered(c); }
char upperByte(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

template <char (*change)(char)>
Str changeCase(Context& context, Str s) {
  char* bytes = context.newString(s.size);
  if (bytes == nullptr) return {};
  std::transform(s.data, s.data + s.size, bytes, change);
  return {bytes, s.size};
}

struct Separator : OpState {
  std::string text;
};

Prepared prepareSeparator(std::span<const Value> constants, std::span<const Type>) {
  if (constants[0].isMissing() || constants[0].asString().empty())
    return {nullptr, PrepareError{1, "the separator must not be empty"}};
  auto state = std::make_shared<Separator>();
  state->text = constants[0].asString();
  return {state, std::nullopt};
}

List<Str> split(Context& context, const Separator& state, Str s) {
  std::string_view text = s.view();
  if (text.empty()) return {};
  std::string_view separator = state.text;
  uint64_t pieces = 1;
  for (size_t at = findText(text, separator); at != text.npos; at = findText(text, separator, at + separator.size()))
    ++pieces;
  Str* data = context.newList<Str>(pieces);
  if (data == nullptr) return {};
  for (uint64_t i = 0; i < pieces; ++i) {
    size_t end = std::min(findText(text, separator), text.size());
    data[i] = Str::of(text.substr(0, end));
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
  return {data, nullptr, pieces};
}

}  // namespace

Maybe<Str> stringIndex(Str s, int64_t i) {
  auto size = static_cast<int64_t>(codePoints(s.view()));
  if (i < -size || i >= size) return {};
  return cutCodePoints(s, sliceRange(static_cast<uint64_t>(size), i, 1));
}

int64_t stringLength(Str s) { return static_cast<int64_t>(codePoints(s.view())); }

bool stringContains(Str s, Str part) { return findText(s.view(), part.view()) != std::string_view::npos; }

Maybe<int64_t> stringIndexOf(Str s, Str part) {
  size_t at = findText(s.view(), part.view());
  if (at == std::string_view::npos) return {};
  return static_cast<int64_t>(codePoints(s.view().substr(0, at)));
}

Str joinStrings(Context& context, Str first, Each<Str> more) {
  uint64_t size = first.size;
  for (Str s : more) size += s.size;
  char* bytes = context.newString(size);
  if (bytes == nullptr) return {};
  char* at = std::copy_n(first.data, first.size, bytes);
  for (Str s : more) at = std::copy_n(s.data, s.size, at);
  return {bytes, size};
}

void registerText(Registry& r) {
  r.group("Text");
  r.add("lower", {value("s")}, "`s` with the letters A-Z in lower case; other bytes stay.")
      .example(R"(lower("HotPot"))", R"("hotpot")")
      .example(R"(lower(["A", "b"]))", R"(["a", "b"])")
      .foreignNames({"to_lower", "lowercase", "lcase"},
                    "changes A-Z only; `normalize_text(s, \"none\", case = \"lower\")` changes all letters")
      .add<changeCase<lowerByte>>();
  r.add("upper", {value("s")}, "`s` with the letters a-z in upper case; other bytes stay.")
      .example(R"(upper("HotPot"))", R"("HOTPOT")")
      .foreignNames({"to_upper", "uppercase", "ucase"},
                    "changes a-z only; `normalize_text(s, \"none\", case = \"upper\")` changes all letters")
      .add<changeCase<upperByte>>();
  r.add("substr", {value("s"), value("start"), value("length")},
        "At most `length` code points from `start` on; a negative start counts from the end, at most from the first.")
      .example(R"(substr("hotpot", 3, 3))", R"("pot")")
      .example(R"(substr("hotpot", -3, 2))", R"("po")")
      .foreignNames({"substring", "mid"}, "counts from 0, and the third argument is a length")
      .add<substr>()
      .warnIf(suspectCount<2>);
  r.add("split", {value("s"), constant("separator")},
        "The pieces between the separators, empty ones included; an empty string has none.")
      .example(R"(split("a|b||c", "|"))", R"(["a", "b", "", "c"])")
      .example(R"(split("", "|"))", "[]")
      .foreignNames({"str_split", "split_string", "string_to_array"})
      .foreignNames({"string_split"}, "empty pieces stay; `tokenize(s, \",\")` leaves them out")
      .foreignNames({"split_part", "split_index"}, "gives all pieces; one of them is `split(s, \",\")[i]`, from 0")
      .add<split>({Type::string()})
      .notLifted()
      .prepare(prepareSeparator);
}

}  // namespace featc
