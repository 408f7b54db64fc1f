// SPDX-License-Identifier: Apache-2.0
// Vocabularies from a file's content: both forms, and what may not stand in one. Values by hand.
#include "ops/vocabulary.h"
#include "tests/common/catch.h"
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
