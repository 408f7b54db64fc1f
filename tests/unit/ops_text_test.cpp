// SPDX-License-Identifier: Apache-2.0
// Text: values from Python's str, re and unicodedata, NLTK, RE2's own tests of GlobalReplace, and the
// tables of FeatureGenerator's overlap features.
#include "ops/library/find_text.h"
#include "tests/common/catch.h"
#include "tests/random/rng.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

namespace {

std::string quoted(std::string_view s) { return quote(s); }

}  // namespace

TEST_CASE("beginnings and ends") {
  CHECK(eval("prefix", arg("h\xC3\xA9llo"), arg(2)) == quoted("h\xC3\xA9"));
  CHECK(eval("prefix", arg("ab"), arg(9)) == quoted("ab"));
  CHECK(eval("prefix", arg("ab"), arg(-1)) == quoted(""));
  CHECK(eval("suffix", arg("h\xC3\xA9"), arg(1)) == quoted("\xC3\xA9"));
  CHECK(eval("suffix", arg("ab"), arg(kMaxInt)) == quoted("ab"));
  CHECK(eval("suffix", arg("ab"), arg(kMinInt)) == quoted(""));
  CHECK(eval("starts_with", arg("ab"), arg("")) == "true");
  CHECK(eval("starts_with", arg("ab"), arg("abc")) == "false");
  CHECK(eval("ends_with", strings({arg("ab"), arg("b"), arg("a")}), arg("b")) == "[true, true, false]");
  CHECK(eval("ends_with", arg("ab"), missing(kString)) == "missing");
  CHECK(eval("trim", arg(" \t\n\r\f\va b\n")) == quoted("a b"));
  CHECK(eval("trim", arg("   ")) == quoted(""));
  CHECK(eval("trim", arg("")) == quoted(""));
  CHECK(eval("trim", arg("\xC3\xA9x\xC3\xA9\xA9"), arg("\xC3\xA9")) == quoted("x\xC3\xA9\xA9"));
  CHECK(eval("trim", arg(" a "), arg("")) == "error: there must be at least one character to take away");
}

TEST_CASE("replacing and joining") {
  CHECK(eval("replace", arg("aaa"), arg("aa"), arg("b")) == quoted("ba"));
  CHECK(eval("replace", arg("abc"), arg("b"), arg("")) == quoted("ac"));
  CHECK(eval("replace", arg("abc"), arg("x"), arg("y")) == quoted("abc"));
  CHECK(eval("replace", arg("abc"), arg(""), arg("y")) == quoted("abc"));
  CHECK(eval("replace", arg(""), arg("a"), arg("b")) == quoted(""));
  CHECK(eval("replace", arg("a.a.a"), arg("a"), arg("long")) == quoted("long.long.long"));
  std::string many(300'000, 'a');
  CHECK(callOperator("replace", {arg(many), arg("a"), arg("bcde")}).status == RowStatus::ValueTooLarge);
  CHECK(eval("join", strings({arg("a"), missing(kString), arg(""), arg("b")}), arg("-")) == quoted("a--b"));
  CHECK(eval("join", strings({missing(kString), arg("a")}), arg("-")) == quoted("a"));
  CHECK(eval("join", strings({}), arg("-")) == quoted(""));
}

TEST_CASE("tokens") {
  CHECK(eval("tokenize", arg(" a\tb  c ")) == R"(["a", "b", "c"])");
  CHECK(eval("tokenize", arg("a,b;;c"), arg(",;")) == R"(["a", "b", "c"])");
  CHECK(eval("tokenize", arg(",a;;"), arg(",;"), arg(true)) == R"(["", "a", "", ""])");
  CHECK(eval("tokenize", arg(""), arg(","), arg(true)) == "[]");
  CHECK(eval("tokenize", arg(",;,"), arg(",;")) == "[]");
  // The second byte of the separator is not a separator of its own.
  CHECK(eval("tokenize", arg("x\xE3\x80\x81y\x81z"), arg("\xE3\x80\x81")) == "[\"x\", " + quoted("y\x81z") + "]");
  CHECK(eval("tokenize", arg("a b"), arg("")) == "error: there must be at least one separator");
  CHECK(callOperator("tokenize", {arg(std::string(70'000, ',')), arg(","), arg(true)}).status ==
        RowStatus::ValueTooLarge);
}

TEST_CASE("n-grams") {
  Arg words = strings({arg("a"), arg("b"), missing(kString), arg("c"), arg("d")});
  CHECK(eval("ngrams", words, arg(2)) == R"(["a b", "b c", "c d"])");
  CHECK(eval("ngrams", words, arg(1)) == R"(["a", "b", "c", "d"])");
  CHECK(eval("ngrams", words, arg(4), arg("")) == R"(["abcd"])");
  CHECK(eval("ngrams", words, arg(5)) == "[]");
  CHECK(eval("ngrams", strings({}), arg(1)) == "[]");
  CHECK(eval("ngrams", words, arg(0)) == "error: \"n\" must be from 1 to 64, but is 0");
  CHECK(eval("char_ngrams", arg("h\xC3\xA9\xFFo"), arg(3)) ==
        "[" + quoted("h\xC3\xA9\xFF") + ", " + quoted("\xC3\xA9\xFFo") + "]");
  CHECK(eval("char_ngrams", arg("ab"), arg(3)) == "[]");
  CHECK(eval("char_ngrams", arg(""), arg(1)) == "[]");
  CHECK(callOperator("char_ngrams", {arg(std::string(70'000, 'a')), arg(2)}).status == RowStatus::ValueTooLarge);
}

TEST_CASE("skip-grams come as NLTK's skipgrams") {
  Arg words = strings({arg("Insurgents"), arg("killed"), arg("in"), arg("ongoing"), arg("fighting")});
  CHECK(eval("skip_grams", words, arg(2), arg(2)) ==
        R"(["Insurgents killed", "Insurgents in", "Insurgents ongoing", "killed in", "killed ongoing", )"
        R"("killed fighting", "in ongoing", "in fighting", "ongoing fighting"])");
  Arg letters = strings({arg("a"), arg("b"), arg("c"), arg("d"), arg("e")});
  CHECK(eval("skip_grams", letters, arg(3), arg(1), arg("")) == R"(["abc", "abd", "acd", "bcd", "bce", "bde", "cde"])");
  CHECK(eval("skip_grams", letters, arg(2), arg(0), arg("")) == R"(["ab", "bc", "cd", "de"])");
  CHECK(eval("skip_grams", letters, arg(1), arg(3)) == R"(["a", "b", "c", "d", "e"])");
  CHECK(eval("skip_grams", letters, arg(2), arg(-1)) == "error: \"k\" must be from 0 to 64, but is -1");
  std::vector<Arg> many(2000, arg("x"));
  CHECK(callOperator("skip_grams", {strings(many), arg(9), arg(9)}).status == RowStatus::ValueTooLarge);
}

TEST_CASE("regular expressions match") {
  CHECK(eval("regex_match", arg("abc"), arg("b")) == "true");
  CHECK(eval("regex_match", arg("abc"), arg("^b")) == "false");
  CHECK(eval("regex_match", arg(""), arg("")) == "true");
  CHECK(eval("regex_match", arg("\xC3\xA9"), arg("^.$")) == "true");
  CHECK(eval("regex_match", arg("\xFF"), arg("^.$")) == "false");  // no UTF-8
  CHECK(eval("regex_match", missing(kString), arg("a")) == "missing");
  CHECK(eval("regex_match", strings({arg("HOT"), arg("pot")}), arg("(?i)hot")) == "[true, false]");
  CHECK(eval("regex_match", arg("a"), arg("(")) ==
        "error: the pattern is not a valid regular expression: missing ): (");
  CHECK(eval("regex_match", arg("a"), arg("(?=a)"))
            .starts_with("error: the pattern is not a valid regular expression: "));
  CHECK(eval("regex_extract", arg("id=42;x=7"), arg("(\\w)=(\\d)")) == quoted("d"));
  CHECK(eval("regex_extract", arg("id=42;x=7"), arg("(\\w)=(\\d)"), arg(2)) == quoted("4"));
  CHECK(eval("regex_extract", arg("ab"), arg("a|(b)")) == "missing");
  CHECK(eval("regex_extract", arg("ab"), arg("()b")) == quoted(""));
  CHECK(eval("regex_extract", arg(""), arg("a*")) == quoted(""));
  CHECK(eval("regex_extract", arg(""), arg("(a)?")) == "missing");
  CHECK(eval("regex_extract", arg("ab"), arg("b$")) == quoted("b"));
  CHECK(eval("regex_extract", arg("ab"), arg("(a)"), arg(2)) == "error: the pattern has no group 2; it has 1");
}

TEST_CASE("matching allocates only to capture groups") {
  std::string text(3000, 'x');
  for (const char* pattern : {"b", "x+$", "^.*y", "(?i)X{3,5}"}) {
    CHECK(callOperator("regex_match", {arg(text), arg(pattern)}).warmAllocations == 0);
    CHECK(callOperator("regex_extract", {arg(text), arg(pattern)}).warmAllocations == 0);
    CHECK(callOperator("regex_replace", {arg(text), arg(pattern), arg("-")}).warmAllocations == 0);
  }
}

TEST_CASE("regular expressions replace") {
  auto all = [](const char* pattern, const char* by, const char* s) {
    return eval("regex_replace", arg(s), arg(pattern), arg(by));
  };
  auto one = [](const char* pattern, const char* by, const char* s) {
    return eval("regex_replace", arg(s), arg(pattern), arg(by), arg(false));
  };
  CHECK(all("(qu|[b-df-hj-np-tv-z]*)([a-z]+)", "\\2\\1ay", "the quick brown fox jumps over the lazy dogs.") ==
        quoted("ethay ickquay ownbray oxfay umpsjay overay ethay azylay ogsday."));
  CHECK(all("\\w+", "\\0-NOSPAM", "abcd.efghi@google.com") ==
        quoted("abcd-NOSPAM.efghi-NOSPAM@google-NOSPAM.com-NOSPAM"));
  CHECK(one("\\w+", "\\0-NOSPAM", "abcd.efghi@google.com") == quoted("abcd-NOSPAM.efghi@google.com"));
  CHECK(all("^", "(START)", "foo") == quoted("(START)foo"));
  CHECK(all("^", "(START)", "") == quoted("(START)"));
  CHECK(all("$", "(END)", "") == quoted("(END)"));
  CHECK(all("b", "bb", "ababababab") == quoted("abbabbabbabbabb"));
  CHECK(one("b", "bb", "ababababab") == quoted("abbabababab"));
  CHECK(all("b*", "bb", "bbbbbb") == quoted("bb"));
  CHECK(all("b*", "bb", "aaaaa") == quoted("bbabbabbabbabbabb"));
  CHECK(all("a.*a", "(\\0)", "aba\naba") == quoted("(aba)\n(aba)"));
  CHECK(all("x*", "-", "\xC3\xA9\xFF") == quoted("-\xC3\xA9-\xFF-"));
  CHECK(all("c", "x", "ab") == quoted("ab"));
  CHECK(all("a", "\\\\", "ab") == quoted("\\b"));
  CHECK(all("(a)|b", "<\\1>", "ab") == quoted("<a><>"));
  CHECK(all("(a)", "\\2", "a") == "error: the replacement uses group 2, but the pattern has 1");
  for (const char* bad : {"\\", "a\\n"})
    CHECK(all("a", bad, "a") == "error: in a replacement a backslash must be followed by a digit or another backslash");
  std::string many(300'000, 'a');
  CHECK(callOperator("regex_replace", {arg(many), arg("a"), arg("bcde")}).status == RowStatus::ValueTooLarge);
}

TEST_CASE("edit distances") {
  auto distance = [](std::string a, std::string b) {
    return eval("edit_distance", arg(std::move(a)), arg(std::move(b)));
  };
  auto repeat = [](const std::string& s, int n) {
    std::string out;
    while (n-- > 0) out += s;
    return out;
  };
  CHECK(distance("intention", "execution") == "5");
  CHECK(distance("Saturday", "Sunday") == "3");
  CHECK(distance("", "") == "0");
  CHECK(distance("", "abc") == "3");
  CHECK(distance("abc", "abc") == "0");
  CHECK(distance("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", "\xE6\x97\xA5\xE6\x9C\xAC\xE4\xBA\xBA\xE8\xAA\x9E") == "1");
  CHECK(distance(repeat("abcdefgh", 9), repeat("acbdgfeh", 10)) == "42");
  CHECK(distance(std::string(200, 'a') + repeat("xyz", 50), std::string(120, 'b') + repeat("yxz", 60)) == "283");
  CHECK(distance("\xFF", "\xC3\xBF") == "1");  // a stray byte is not U+00FF
  CHECK(eval("edit_distance", arg("\xE6\x97\xA5"), arg("\xE6\x97\xA6"), arg("bytes")) == "1");
  CHECK(eval("edit_distance", arg("\xC3\xA9"), arg("e"), arg("bytes")) == "2");
  CHECK(eval("edit_distance", arg("a"), arg("b"), arg("words")) ==
        "error: there is no unit \"words\"; there are code_points, bytes");
  CHECK(
      callOperator("edit_distance", {arg("x" + std::string(5000, 'a') + "x"), arg("y" + std::string(5000, 'b') + "y")})
          .status == RowStatus::ValueTooLarge);
}

TEST_CASE("normal forms") {
  auto form = [](const char* s, const char* form, const char* letters) {
    return eval("normalize_text", arg(s), arg(form), arg(letters));
  };
  struct Row {
    const char *text, *nfc, *nfd, *nfkc, *nfkd;
  };
  const Row rows[] = {
      {"\xE2\x84\xAB", "\xC3\x85", "A\xCC\x8A", "\xC3\x85", "A\xCC\x8A"},                   // angstrom sign
      {"\xEF\xAC\x81", "\xEF\xAC\x81", "\xEF\xAC\x81", "fi", "fi"},                         // ligature
      {"\xEF\xBD\xB6\xEF\xBE\x9E", "\xEF\xBD\xB6\xEF\xBE\x9E", "\xEF\xBD\xB6\xEF\xBE\x9E",  // half-width katakana ga
       "\xE3\x82\xAC", "\xE3\x82\xAB\xE3\x82\x99"},
      {"\xEA\xB0\x80", "\xEA\xB0\x80", "\xE1\x84\x80\xE1\x85\xA1", "\xEA\xB0\x80", "\xE1\x84\x80\xE1\x85\xA1"},
      {"e\xCC\x81\xCC\xA3", "\xE1\xBA\xB9\xCC\x81", "e\xCC\xA3\xCC\x81", "\xE1\xBA\xB9\xCC\x81", "e\xCC\xA3\xCC\x81"},
      {"\xE2\x85\xA7", "\xE2\x85\xA7", "\xE2\x85\xA7", "VIII", "VIII"},
  };
  for (const Row& r : rows) {
    CHECK(form(r.text, "nfc", "keep") == quoted(r.nfc));
    CHECK(form(r.text, "nfd", "keep") == quoted(r.nfd));
    CHECK(form(r.text, "nfkc", "keep") == quoted(r.nfkc));
    CHECK(form(r.text, "nfkd", "keep") == quoted(r.nfkd));
    CHECK(form(r.text, "none", "keep") == quoted(r.text));
  }
  CHECK(form("\xEF\xBC\xA1\xEF\xBD\x83\xE3\x80\x80\xEF\xBC\x91\xE2\x91\xA0", "width", "keep") ==
        quoted("Ac 1\xE2\x91\xA0"));
  CHECK(form("\xEF\xBC\xA1\xEF\xBD\x83\xE3\x80\x80\xEF\xBC\x91\xE2\x91\xA0", "width", "upper") ==
        quoted("AC 1\xE2\x91\xA0"));
  CHECK(form("\xC3\x89t\xC3\xA9", "none", "upper") == quoted("\xC3\x89T\xC3\x89"));
  CHECK(form("\xC3\x89T", "none", "lower") == quoted("\xC3\xA9t"));
  CHECK(form("\xCF\x82", "nfkc", "fold") == quoted("\xCF\x83"));  // final sigma
  CHECK(eval("normalize_text", arg("Stra\xC3\x9F"
                                   "E")) == quoted("strasse"));
  CHECK(eval("normalize_text", arg("HotPot")) == quoted("hotpot"));
  CHECK(form("HotPot", "nfkc", "keep") == quoted("HotPot"));
  CHECK(form("HotPot", "nfkc", "upper") == quoted("HOTPOT"));
  CHECK(eval("normalize_text", arg("\xFF\xEF\xBC\xA1\xC3")) == quoted("\xFF"
                                                                      "a\xC3"));
  CHECK(eval("normalize_text", arg("")) == quoted(""));
  CHECK(eval("normalize_text", arg("a"), arg("nfx")) ==
        "error: there is no form \"nfx\"; there are nfkc, nfc, nfkd, nfd, width, none");
  CHECK(eval("normalize_text", arg("a"), leftOut(), arg("title")) ==
        "error: there is no case \"title\"; there are keep, fold, lower, upper");
  // The result is longer than the text, and more text follows.
  CHECK(form("\xC3\xA9\xC3\xA9\xFF\xC3\xA9", "nfd", "keep") == quoted("e\xCC\x81"
                                                                      "e\xCC\x81\xFF"
                                                                      "e\xCC\x81"));
  std::string marks = "e";
  for (int i = 0; i < 200; ++i) marks += "\xCC\x81\xCC\xA3";
  CHECK(callOperator("normalize_text", {arg(marks)}).status == RowStatus::ValueTooLarge);
  // U+FDFA becomes 18 code points.
  std::string growing;
  for (int i = 0; i < 80'000; ++i) growing += "\xEF\xB7\xBA";
  CHECK(callOperator("normalize_text", {arg(growing)}).status == RowStatus::ValueTooLarge);
}

TEST_CASE("overlap of a query and a title") {
  Arg query = strings({arg("b"), arg("c")});
  Arg title = strings({arg("a"), arg("b"), arg("c"), arg("d")});
  const char* names[] = {"query_common_ratio", "title_common_ratio", "is_contain",
                         "is_equal",           "token_index",        "proximity_min_cover",
                         "proximity_min_dist", "proximity_max_dist", "proximity_avg_dist"};
  const char* want[] = {"1", "0.5", "true", "false", "1", "2", "1", "1", "1"};
  for (size_t i = 0; i < std::size(names); ++i) {
    INFO(names[i]);
    CHECK(eval(names[i], query, title) == want[i]);
    // An empty side gives 0.
    std::string zero = want[i] == std::string("true") || want[i] == std::string("false") ? "false" : "0";
    CHECK(eval(names[i], strings({}), title) == zero);
    CHECK(eval(names[i], query, strings({missing(kString)})) == zero);
    CHECK(eval(names[i], missing(query.type), title) == "missing");
  }
  Arg none = strings({arg("x"), arg("y")});
  CHECK(eval("query_common_ratio", none, title) == "0");
  CHECK(eval("token_index", none, title) == "-1");
  CHECK(eval("proximity_min_cover", none, title) == "0");
  CHECK(eval("proximity_min_dist", none, title) == "5");
  CHECK(eval("proximity_avg_dist", none, title) == "5");
  CHECK(eval("proximity_max_dist", strings({arg("b")}), title) == "5");
  CHECK(eval("is_equal", title, title) == "true");
  CHECK(eval("is_contain", strings({arg("c"), arg("b")}), title) == "false");
  CHECK(eval("proximity_min_cover", strings({arg("b"), arg("x")}), title) == "0");
}

TEST_CASE("overlap with repeated tokens") {
  Arg query = ints({arg(1), arg(2), arg(1)});
  Arg title = ints({arg(1), arg(9), arg(9), arg(2), arg(1), arg(2), arg(1)});
  CHECK(eval("query_common_ratio", ints({arg(1), arg(1), arg(5)}), title) == eval("divide", arg(2), arg(3)));
  CHECK(eval("title_common_ratio", ints({arg(9)}), title) == eval("divide", arg(2), arg(7)));
  CHECK(eval("token_index", query, title) == "4");
  CHECK(eval("token_index", ints({arg(2), arg(1), arg(2), arg(1)}), title) == "3");
  CHECK(eval("is_contain", ints({arg(1), arg(9), arg(2), arg(2)}), title) == "true");
  CHECK(eval("is_contain", ints({arg(1), arg(9), arg(2), arg(2), arg(2)}), title) == "false");
  CHECK(eval("proximity_min_cover", query, title) == "2");
  CHECK(eval("proximity_min_cover", ints({arg(9), arg(1)}), title) == "2");
  // 1-2 are 1 apart, 1-9 1, 2-9 1.
  CHECK(eval("proximity_avg_dist", ints({arg(1), arg(2), arg(9)}), title) == "1");
  // In 1 9 9 2 only 1-2 are 3 apart; 1-9 and 2-9 are 1.
  Arg other = ints({arg(1), arg(9), arg(9), arg(2)});
  CHECK(eval("proximity_max_dist", ints({arg(1), arg(2), arg(9)}), other) == "3");
  CHECK(eval("proximity_avg_dist", ints({arg(1), arg(2), arg(9)}), other) == eval("divide", arg(5), arg(3)));
}

TEST_CASE("maps out of text") {
  CHECK(eval("parse_map", arg("b:2,a:1,,c,a:x:y"), arg(",")) == R"({"a": "x:y", "b": "2", "c": missing})");
  CHECK(eval("parse_map", arg("a=1;b=2|c=3"), arg(";|"), arg("=")) == R"({"a": "1", "b": "2", "c": "3"})");
  CHECK(eval("parse_map", arg("")) == "{}");
  CHECK(eval("parse_map", arg(":1")) == R"({"": "1"})");
  CHECK(eval("parse_map", strings({arg("a:1,b:2"), missing(kString), arg("b:")}), arg(",")) ==
        R"({"a": "1", "b": ""})");
  CHECK(eval("parse_map", missing(kString)) == "missing");
  CHECK(eval("parse_map", arg("a"), arg(","), arg("")) == "error: the delimiter is empty");
  CHECK(eval("parse_weights", arg("a:0.5,b,c:x,d:-2"), arg(",")) == R"({"a": 0.5, "b": 1, "c": missing, "d": -2})");
  CHECK(callOperator("parse_map", {arg(std::string(140'000, ',')), arg(",")}).status == RowStatus::Ok);
  std::string items;
  for (int i = 0; i < 70'000; ++i) items += "a,";
  CHECK(callOperator("parse_map", {arg(items), arg(",")}).status == RowStatus::ValueTooLarge);
}

TEST_CASE("combinations of texts") {
  CHECK(eval("cross_text", arg("_"), strings({arg("a"), missing(kString), arg("b")}),
             strings({missing(kString), arg("x"), arg("y")}),
             strings({arg("1"), missing(kString)})) == R"(["a_x_1", "a_y_1", "b_x_1", "b_y_1"])");
  CHECK(eval("cross_text", arg(""), strings({arg("a")}), strings({})) == "[]");
  std::vector<Arg> many(300, arg("a"));
  CHECK(callOperator("cross_text", {arg("_"), strings(many), strings(many)}).status == RowStatus::ValueTooLarge);
  CHECK(callOperator("cross_text", {arg("_"), strings(many), strings(many), strings({})}).status == RowStatus::Ok);
}

TEST_CASE("code points are counted and cut in texts that are ASCII in part") {
  const std::vector<std::string> points{"a", "b", "\xC3\xA9", "\xE7\x83\xA7", "\xF0\x9F\x98\x80", "\xFF"};
  Rng rng(5);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> text;
    const bool ascii = rng.chance(30);
    for (uint64_t n = rng.below(40); n > 0; --n)
      text.push_back(points[ascii || rng.chance(80) ? rng.below(2) : rng.below(points.size())]);
    auto joined = [&](size_t begin, size_t end) {
      std::string all;
      for (size_t i = begin; i < end; ++i) all += text[i];
      return all;
    };
    const std::string all = joined(0, text.size());
    const size_t cut = rng.below(text.size() + 1);
    INFO(all);
    REQUIRE(eval("len", arg(all)) == std::to_string(text.size()));
    REQUIRE(eval("prefix", arg(all), arg(static_cast<int64_t>(cut))) == quoted(joined(0, cut)));
    REQUIRE(eval("suffix", arg(all), arg(static_cast<int64_t>(text.size() - cut))) == quoted(joined(cut, text.size())));
  }
}

TEST_CASE("long parts are found where they stand, and in no shorter text") {
  std::string part(40, 'a');
  std::string text = "b" + part + "b" + part;
  CHECK(findText(text, part) == 1);
  CHECK(findText(text, part, 2) == 42);
  CHECK(findText(text, part, 43) == std::string_view::npos);
  CHECK(findText(text, part, 100) == std::string_view::npos);
  CHECK(findText({}, part) == std::string_view::npos);  // null and empty, as of a row that has failed
  CHECK(findText(part.substr(1), part) == std::string_view::npos);
}

}  // namespace featc
