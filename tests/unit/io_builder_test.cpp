// SPDX-License-Identifier: Apache-2.0
// Batches built value by value: types, replacement, rollback, reuse.
#include <bit>
#include <map>

#include "runtime/batch_builder.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

ProgramInfo program() {
  ProgramInfo info;
  info.inputs = {{Scope::Request, "user", Type::int64()},
                 {Scope::Item, "price", Type::float64().withNullable()},
                 {Scope::Item, "tags", Type::list(Type::string())},
                 {Scope::Item, "taste", Type::map(Type::string(), Type::float64()).withNullable()},
                 {Scope::Request, "id", Type::boolean().withNullable()},
                 {Scope::Item, "id", Type::boolean().withNullable()}};
  return info;
}

const int64_t* ints(const void* p) { return static_cast<const int64_t*>(p); }

TEST_CASE("a batch is built from C++ values") {
  BatchBuilder builder(program());
  for (int round = 0; round < 3; ++round) {
    CHECK(!builder.beginRequest());
    CHECK(!builder.set("user", 7));
    CHECK(!builder.set("user", 42U));
    CHECK(!builder.beginItem());
    CHECK(!builder.set("price", 3));
    CHECK(!builder.set("tags", std::vector<std::string>{"a", "bc"}));
    CHECK(!builder.set("taste", std::map<std::string, double>{{"x", 0.5}}));
    CHECK(!builder.set("item.id", true));
    CHECK(!builder.endItem());
    CHECK(!builder.beginItem());
    CHECK(!builder.set("price", std::optional<double>()));
    CHECK(!builder.set("tags", std::vector<std::optional<std::string_view>>{std::nullopt, "z"}));
    CHECK(!builder.endItem());
    CHECK(!builder.endRequest());

    Batch batch = builder.batch();
    CHECK(batch.requests == 1);
    CHECK(batch.items == 2);
    CHECK(batch.itemOffsets[1] == 2);
    CHECK(ints(batch.columns[0].values)[0] == 42);
    CHECK(batch.columns[0].validity == nullptr);
    CHECK(static_cast<const double*>(batch.columns[1].values)[0] == 3.0);
    CHECK((batch.columns[1].validity[0] & 3) == 1);
    const ColumnData& tags = batch.columns[2];
    CHECK(ints(tags.offsets)[1] == 2);
    CHECK(ints(tags.offsets)[2] == 4);
    CHECK(ints(tags.children[0]->offsets)[2] == 3);
    CHECK((tags.children[0]->validity[0] & 15) == 11);
    CHECK((batch.columns[3].validity[0] & 3) == 1);
    CHECK((batch.columns[4].validity[0] & 1) == 0);
    CHECK(tags.padded);
    builder.clear();
  }
}

TEST_CASE("mistakes are said and leave no trace") {
  BatchBuilder builder(program());
  CHECK(builder.set("user", 1).message == "request.user: no request has been begun");
  CHECK(builder.beginItem().message == "beginItem: no request has been begun");
  REQUIRE(!builder.beginRequest());
  CHECK(builder.set("user", 1.5).message == "request.user: expected int64, found a float");
  CHECK(builder.set("user", UINT64_MAX).message == "request.user: expected int64, found an integer beyond int64");
  CHECK(builder.set("user", "x").message == "request.user: expected int64, found a string");
  CHECK(builder.set("nobody", 1).message == "no field is named \"nobody\"");
  CHECK(builder.set("id", true).message == "\"id\" may be request.id or item.id");
  CHECK(builder.set(size_t{99}, true).message == "there is no field number 99");
  CHECK(builder.set("price", 1.0).message == "item.price: no item has been begun");
  REQUIRE(!builder.beginItem());
  CHECK(builder.set("tags", std::vector<int>{1}).message == "item.tags: expected list<string>, found an integer");
  CHECK(builder.set("tags", "x").message == "item.tags: expected list<string>, found a string");
  CHECK(builder.endRequest().message == "endRequest: the last item has not been ended");
  CHECK(builder.endItem().message == "item.tags is missing");
  REQUIRE(!builder.beginItem());
  REQUIRE(!builder.set("tags", std::vector<std::string>{}));
  CHECK(!builder.endItem());
  REQUIRE(!builder.set("user", std::optional<int>()));
  CHECK(builder.endRequest().message == "request.user is missing");
  CHECK(builder.requests() == 0);
  CHECK(builder.items() == 0);

  REQUIRE(!builder.beginRequest());
  REQUIRE(!builder.set("user", 5));
  REQUIRE(!builder.beginItem());
  REQUIRE(!builder.set("tags", std::vector<std::string>{"dropped"}));
  builder.dropItem();
  CHECK(!builder.endRequest());
  Batch batch = builder.batch();
  CHECK(batch.requests == 1);
  CHECK(batch.items == 0);
  CHECK(ints(batch.columns[0].values)[0] == 5);
  CHECK(batch.columns[2].length == 0);
}

}  // namespace
}  // namespace featc
