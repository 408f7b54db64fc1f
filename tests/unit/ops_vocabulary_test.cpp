// SPDX-License-Identifier: Apache-2.0
// Vocabularies from a file's content: both forms, and what may not stand in one. Values by hand.
#include <algorithm>
#include "ops/library/vocabulary.h"
#include "tests/common/catch.h"
#include "tests/random/rng.h"
#include "tests/unit/ops_fixture.h"

namespace featc {
namespace {

std::string lookUp(Arg x, std::string content, Arg oov = leftOut()) {
  return eval("vocab", std::move(x), leftOut(), std::move(oov), arg(std::move(content)));
}

// Why the content is refused, and the bytes that are meant.
std::string problem(const std::string& content, Type word = Type::string()) {
  std::vector<Value> constants{Value::missing(), Value::missing(), Value::of(content)};
  std::vector<Type> types{Type::list(word), Type::int64(), Type::string()};
  Prepared prepared = prepareVocabulary(constants, types);
  if (!prepared.error) return "none";
  if (!prepared.error->place) return prepared.error->message;
  return prepared.error->message + " [" + std::to_string(prepared.error->place->begin) + "," +
         std::to_string(prepared.error->place->end) + ")";
}

}  // namespace

TEST_CASE("a vocabulary of words is numbered by its lines") {
  CHECK(lookUp(arg("b"), "a\nb\n") == "1");
  CHECK(lookUp(arg("b"), "a\nb") == "1");
  CHECK(lookUp(arg("z"), "a\nb") == "2");
  CHECK(lookUp(arg("z"), "a\nb\n", arg(-5)) == "-5");
  CHECK(lookUp(arg("b"),
               "\xEF\xBB\xBF"
               "a\r\nb\r\n") == "1");
  CHECK(lookUp(arg("a"),
               "\xEF\xBB\xBF"
               "a\r\nb") == "0");
  CHECK(lookUp(arg(" a "), "b\n a \n") == "1");
  CHECK(lookUp(arg(-8), "7\n-8\n") == "1");
  CHECK(lookUp(arg(0), "7\n-8\n") == "2");
  CHECK(lookUp(missing(kString), "a") == "missing");
  CHECK(lookUp(strings({arg("b"), missing(kString), arg("x")}), "a\nb") == "[1, missing, 2]");
}

TEST_CASE("a vocabulary of words and numbers") {
  CHECK(lookUp(arg("b"), "a\t7\nb\t-9223372036854775808") == "-9223372036854775808");
  CHECK(lookUp(arg("z"), "a\t7\nb\t7") == "missing");
  CHECK(lookUp(arg("z"), "a\t7", arg(3)) == "3");
  CHECK(lookUp(arg(""), "a\t7\n\t9\n") == "9");
}

TEST_CASE("every word of a vocabulary is found and no other, whatever they have in common") {
  Rng rng(3);
  uint64_t built = 0;
  for (int round = 0; round < 400; ++round) {
    // Words that differ in their bytes anywhere, or in their middles alone.
    std::vector<std::string> words;
    const bool alike = rng.chance(30);
    for (uint64_t n = rng.chance(90) ? 1 + rng.below(40) : 200 + rng.below(100); n > 0; --n) {
      std::string word;
      for (uint64_t k = rng.below(14); k > 0; --k) word += static_cast<char>('a' + rng.below(3));
      words.push_back(alike ? "same" + word + "same" : word);
    }
    std::ranges::sort(words);
    words.erase(std::ranges::unique(words).begin(), words.end());
    std::string content;
    for (const std::string& word : words) content += word + "\t" + std::to_string(content.size()) + "\n";
    const Prepared prepared =
        prepareVocabulary(std::vector<Value>{Value::missing(), Value::missing(), Value::of(content)},
                          std::vector<Type>{Type::list(kString), kInt, kString});
    REQUIRE(!prepared.error);
    const auto& table = static_cast<const Vocabulary<Str, int64_t>&>(*prepared.state);
    TextTable few;
    few.build(std::vector<std::string_view>(words.begin(), words.end()));
    built += few ? 1 : 0;
    for (size_t i = 0; i < words.size(); ++i) {
      const int64_t* number = table.find(Str::of(words[i]));
      REQUIRE(number != nullptr);
      REQUIRE(*number == table.entries[i].number);
      REQUIRE(table.entries[i].key == words[i]);
      std::string other = words[i];
      other.insert(rng.below(other.size() + 1), 1, static_cast<char>('a' + rng.below(4)));
      const bool known = std::ranges::binary_search(words, other);
      REQUIRE((table.find(Str::of(other)) != nullptr) == known);
      if (few) REQUIRE((few.find(Str::of(other)) != TextTable::kNone) == known);
    }
  }
  CHECK(built > 200);
}

TEST_CASE("what is wrong with a vocabulary file, and where") {
  CHECK(problem("a\nb\n") == "none");
  CHECK(problem("") == "the vocabulary is empty [0,0)");
  CHECK(problem("\xEF\xBB\xBF") == "the vocabulary is empty [3,3)");
  CHECK(problem("a\n\nb") ==
        "this line is empty; a file with numbers may hold the empty word: a tab and its number [2,2)");
  CHECK(problem("a\nb\na\n") == "this word is in the vocabulary twice, first in line 1 [4,5)");
  CHECK(problem("x\t1\na\t2\na\t2") == "this word is in the vocabulary twice, first in line 2 [8,9)");
  CHECK(problem("a\nb\xFF"
                "c") == "this byte is not UTF-8; a vocabulary is UTF-8 text [3,4)");
  CHECK(problem("a\r\nb\nc\r\n") == "this line ends in LF, but line 1 ends in CRLF [3,4)");
  CHECK(problem("a\nb\r\n") == "this line ends in CR, but line 1 does not [2,4)");
  CHECK(problem("a\nb\t1") ==
        "this line has a tab, but line 1 has none: all lines are a word, or all are a word, a tab and a number [2,5)");
  CHECK(problem("a\t1\nb") ==
        "this line has no tab, but line 1 has one: all lines are a word, or all are a word, a tab and a number [4,5)");
  CHECK(problem("a\t1\nb\t") == "there is no integer after the tab [6,6)");
  CHECK(problem("a\t1\nb\t2 ") == "there is no integer after the tab [6,8)");
  CHECK(problem("a\t9223372036854775808") == "there is no integer after the tab [2,21)");
  CHECK(problem("7\n1.5\n", Type::int64()) == "the value looked up is an integer, but this word is not [2,5)");
  CHECK(problem("7\n07\n", Type::int64()) == "this word is in the vocabulary twice, first in line 1 [2,4)");
}

}  // namespace featc
