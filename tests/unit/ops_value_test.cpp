// SPDX-License-Identifier: Apache-2.0
// Owned values that are copied where there is no memory.
#include "values/value.h"

#include <optional>
#include <string>

#include "tests/common/catch.h"
#include "tests/memory/failing_memory.h"

namespace featc {
namespace {

Value longText(char c) { return Value::of(std::string(100, c)); }

}  // namespace

TEST_CASE("a value that finds no memory for its copy throws, and both stay whole", "[value]") {
  const Value lists = Value::list({longText('a'), Value::list({longText('b'), Value::of(int64_t{1}), longText('c')})});
  const Value maps = Value::map({{longText('k'), lists}, {longText('l'), Value::of(0.5)}});
  for (const Value& value : {lists, maps}) {
    std::optional<Value> copy;
    Value assigned = Value::of(true);
    test::withFailingMemory(
        [&] {
          copy.reset();
          copy = value;
          assigned = value;
        },
        [&](bool threw) {
          if (copy) CHECK(*copy == value);
          if (threw)
            CHECK((assigned == Value::of(true) || assigned == value));
          else
            CHECK(assigned == value);
        });
  }
}

}  // namespace featc
