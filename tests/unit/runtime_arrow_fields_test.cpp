// SPDX-License-Identifier: Apache-2.0
// Which fields are missed where a table has no column for them, and how that is told.
#include <string>
#include <vector>

#include "arrow_fixture.h"
#include "data/arrow/arrow_batch.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;

namespace {

using Lines = std::vector<std::string>;

ProgramInfo infoOf(const std::vector<std::pair<const char*, const char*>>& fields) {
  ProgramInfo info;
  for (const auto& [name, type] : fields) info.inputs.push_back({Scope::Item, name, *parseType(type)});
  return info;
}

HandArray oneColumn(const char* name) { return table(numberArray<int64_t>("l", {1, 2}).named(name)); }

}  // namespace

TEST_CASE("optional fields without a column are listed in one line", "[arrow]") {
  const ProgramInfo info = infoOf({{"a", "int64"}, {"b", "int64?"}, {"c", "int64?"}, {"d", "int64?"}});
  HandArray rows = oneColumn("a");
  CHECK(ArrowBinding(info, *rows.schema.get()).warnings() ==
        Lines{"3 optional fields have no column: item.b, item.c, item.d"});
  CHECK(ArrowBinding(info, *rows.schema.get(), {true, false, true, false}).warnings() ==
        Lines{"the optional field item.c has no column"});
  CHECK(ArrowBinding(info, *rows.schema.get(), {true, false, false, false}).warnings().empty());
}

TEST_CASE("a field that every row must have is missed even where nothing uses it", "[arrow]") {
  const ProgramInfo info = infoOf({{"a", "int64"}, {"b", "int64"}});
  HandArray rows = oneColumn("a");
  CHECK(ArrowBinding(info, *rows.schema.get(), {true, false}).error() ==
        "no column for item.b, which every row must have");
}

TEST_CASE("a column without a field is told where a field has no column", "[arrow]") {
  const ProgramInfo info = infoOf({{"price", "int64"}});
  HandArray rows = oneColumn("prize");
  CHECK(ArrowBinding(info, *rows.schema.get()).error() ==
        "no column for item.price, which every row must have; no field is declared for the column \"prize\"");
}
