// SPDX-License-Identifier: Apache-2.0
// The operator reference tells the truth: every example has the result that stands beside it.
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "ops/operator.h"
#include "ops/reference.h"
#include "tests/common/catch.h"
#include "tests/common/evaluate.h"

namespace featc {

TEST_CASE("every operator's examples hold") {
  for (const auto& op : operators().all()) {
    INFO("operator " << op->name);
    if (!op->isInternal) CHECK(!op->examples.empty());
    for (const Example& e : op->examples) {
      INFO("example " << e.expression);
      CHECK(evaluateText(e.expression, fmt::format("semantics {}", e.semantics)) == std::string(e.result));
    }
  }
}

TEST_CASE("docs/operators.md is what the records say") {
  std::ostringstream text;
  text << std::ifstream(FEATC_SOURCE_DIR "/docs/operators.md").rdbuf();
  INFO("to write it anew: featc ops --markdown > docs/operators.md");
  CHECK((text.str() == operatorsMarkdown()));
}

}  // namespace featc
