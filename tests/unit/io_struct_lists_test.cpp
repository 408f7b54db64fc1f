// SPDX-License-Identifier: Apache-2.0
// Lists of structs in batches built value by value: from C++ structs, member by member, and what is refused.
#include <vector>

#include "runtime/batch_builder.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

struct Click {
  int64_t id;
  double dwell;
  std::vector<std::string> tags;
};

ProgramInfo program() {
  Type ids = Type::list(Type::int64()).withNullable();
  ProgramInfo info;
  info.inputs = {{Scope::Request, "clicks.id", ids, "clicks"},
                 {Scope::Request, "clicks.dwell", Type::list(Type::float64()).withNullable(), "clicks"},
                 {Scope::Request, "clicks.tags", Type::list(Type::list(Type::string())).withNullable(), "clicks"},
                 {Scope::Item, "seen.at", Type::list(Type::int64()), "seen"},
                 {Scope::Item, "seen.n", Type::list(Type::int64()), "seen"}};
  return info;
}

const int64_t* ints(const void* p) { return static_cast<const int64_t*>(p); }

TEST_CASE("a list of structs is built from C++ structs") {
  BatchBuilder builder(program());
  const std::vector<Click> clicks = {{7, 0.5, {"a", "b"}}, {8, 1.5, {}}};
  for (int round = 0; round < 2; ++round) {
    REQUIRE(!builder.beginRequest());
    CHECK(!builder.setStructs("clicks", clicks, member("id", &Click::id), member("tags", &Click::tags)));
    CHECK(!builder.setStructs("request.clicks", clicks, member("id", [](const Click& c) { return c.id + 1; }),
                              member("tags", &Click::tags)));
    CHECK(!builder.endRequest());
    Batch batch = builder.batch();
    REQUIRE(batch.requests == 1);
    CHECK(ints(batch.columns[0].offsets)[1] == 2);
    CHECK(ints(batch.columns[0].children[0]->values)[1] == 9);
    // A member that is not named is missing in every element.
    CHECK(ints(batch.columns[1].offsets)[1] == 2);
    CHECK((batch.columns[1].children[0]->validity[0] & 3) == 0);
    CHECK(ints(batch.columns[2].children[0]->offsets)[1] == 2);
    CHECK(ints(batch.columns[2].children[0]->offsets)[2] == 2);
    builder.clear();
  }
}

TEST_CASE("members set one by one must be equally long") {
  BatchBuilder builder(program());
  REQUIRE(!builder.beginRequest());
  REQUIRE(!builder.set("clicks.id", std::vector<int>{1, 2, 3}));
  REQUIRE(!builder.beginItem());
  REQUIRE(!builder.set("seen.at", std::vector<int>{1, 2}));
  REQUIRE(!builder.set("seen.n", std::vector<int>{1}));
  CHECK(builder.endItem().message == "item.seen: its members have 2 and 1 elements");
  REQUIRE(!builder.beginItem());
  REQUIRE(!builder.set("seen.at", std::vector<int>{1, 2}));
  REQUIRE(!builder.set("seen.n", std::vector<int>{3, 4}));
  CHECK(!builder.endItem());
  REQUIRE(!builder.beginItem());
  REQUIRE(!builder.set("seen.n", std::vector<int>{5}));
  CHECK(!builder.endItem());
  REQUIRE(!builder.beginItem());
  CHECK(builder.endItem().message == "item.seen is missing");
  CHECK(!builder.endRequest());
  Batch batch = builder.batch();
  CHECK(batch.items == 2);
  CHECK(ints(batch.columns[3].offsets)[2] == 3);
  CHECK((batch.columns[3].children[0]->validity[0] & 7) == 3);
  for (size_t i = 0; i < 3; ++i) CHECK(ints(batch.columns[i].offsets)[1] == 3);
}

TEST_CASE("what cannot be a list of structs is said and leaves no trace") {
  BatchBuilder builder(program());
  const std::vector<Click> clicks = {{7, 0.5, {}}};
  CHECK(builder.setStructs("clicks", clicks).message == "request.clicks.id: no request has been begun");
  REQUIRE(!builder.beginRequest());
  CHECK(builder.setStructs("click", clicks).message == "no field is named \"click\"");
  CHECK(builder.setStructs("clicks", clicks, member("ids", &Click::id)).message ==
        "request.clicks has no member \"ids\"");
  CHECK(builder.setStructs("clicks", clicks, member("id", &Click::id), member("dwell", &Click::tags)).message ==
        "request.clicks.dwell: expected list<float64>, found a list");
  CHECK(builder.set("clicks", 1).message == "\"clicks\" is a list of structs: set it with setStructs, or its members");
  CHECK(!builder.endRequest());
  Batch batch = builder.batch();
  CHECK(batch.columns[0].children[0]->length == 0);
  CHECK((batch.columns[0].validity[0] & 1) == 0);
}

}  // namespace
}  // namespace featc
