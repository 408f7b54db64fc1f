// SPDX-License-Identifier: Apache-2.0
// Checks of file tests fail where they should.
#include "tests/common/partial_output.h"
#include "tests/common/catch.h"

using namespace featc;

namespace {
constexpr const char* kOutput = "one = a\ntwo = b\nthree = a\n";
}

TEST_CASE("A check finds its text in a line below that of the check before", "[filetest]") {
  CHECK(unmetChecks("check: one\ncheck: = a\n", kOutput).empty());
  CHECK(unmetChecks("check: a\ncheck: a", kOutput).empty());
  CHECK(unmetChecks("check: four\n", kOutput) == "no line holds \"four\"\n");
  CHECK(unmetChecks("check: two\ncheck: one\n", kOutput) == "no line holds \"one\", below one that holds \"two\"\n");
  CHECK(unmetChecks("check: b\ncheck: b\n", kOutput) == "no line holds \"b\", below one that holds \"b\"\n");
  CHECK(unmetChecks("check: a\ntwo\n", kOutput) == "\"two\" is neither \"check: TEXT\" nor \"never: TEXT\"\n");
}

TEST_CASE("What never may come is looked for in the whole output", "[filetest]") {
  CHECK(unmetChecks("check: three\nnever: four\n", kOutput).empty());
  CHECK(unmetChecks("check: three\nnever: one\n", kOutput) == "a line holds \"one\"\n");
}

TEST_CASE("A check section that nothing can fail is a mistake", "[filetest]") {
  CHECK(unmetChecks("", kOutput) == "the section has no line \"check: TEXT\"\n");
  CHECK(unmetChecks("never: four\n", "") == "the section has no line \"check: TEXT\"\n");
  CHECK(unmetChecks("check: \n", kOutput) == "\"check: \" is neither \"check: TEXT\" nor \"never: TEXT\"\n");
}
