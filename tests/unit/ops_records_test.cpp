// SPDX-License-Identifier: Apache-2.0
// Types and values as text, the registry's records, and choosing overloads.
#include "ops/call_pattern.h"
#include "ops/reference.h"
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

TEST_CASE("types print and parse") {
  for (const char* text : {"bool", "int64?", "list<string>", "map<string, float64>?", "map<int64, bool>",
                           "weighted<int64>", "row<3>", "rows<0>?", "list<list<int64>>"}) {
    auto type = parseType(text);
    REQUIRE(type);
    CHECK(toString(*type) == text);
  }
  for (const char* bad : {"", "int", "list", "list<>", "list<int64", "map<string>", "map<float64, int64>", "int64??",
                          "list<int64>x", "weighted<list<int64>>", "row<x>"})
    CHECK(!parseType(bad));
  CHECK(parseType(" map < string,int64 > ") == Type::map(Type::string(), Type::int64()));
  CHECK(nestingDepth(Type::list(Type::int64())) == 1);
}

TEST_CASE("values print") {
  CHECK(toString(Value::list({Value::of(int64_t{1}), Value::missing()})) == "[1, missing]");
  CHECK(toString(Value::map({{Value::of(std::string("k")), Value::of(0.5)}})) == R"({"k": 0.5})");
  CHECK(quote(std::string_view("a\0\n\"\\\x7F\xFF\xC3\xA9", 9)) == "\"a\\x00\\n\\\"\\\\\\x7f\\xff\xC3\xA9\"");
  CHECK(formatFloat(1e-5F) == "0.00001");
  CHECK(formatFloat(0.1F) == "0.1");
  CHECK(formatFloat(16777216.0F) == "16777216");
}

TEST_CASE("values are equal by their bits") {
  CHECK(Value::of(kNaN) == Value::of(kNaN));
  CHECK(!(Value::of(0.0) == Value::of(-0.0)));
  CHECK(!(Value::of(int64_t{1}) == Value::of(true)));
  CHECK(Value::of(kNaN).hash() == Value::of(kNaN).hash());
  auto key = [](int64_t k) { return Value::of(k); };
  Value map = Value::map({{key(2), key(1)}, {key(1), key(1)}, {key(2), key(3)}});
  CHECK(toString(map) == "{1: 1, 2: 3}");
}

TEST_CASE("cells keep values") {
  Arena arena;
  Type type = Type::map(Type::string(), Type::float64());
  Value value =
      Value::map({{Value::of(std::string("a")), Value::of(1.5)}, {Value::of(std::string("b")), Value::missing()}});
  alignas(16) char cells[2 * sizeof(Map<Str, double>)] = {};
  uint8_t valid = 0;
  ColumnRef column{cells, &valid, false};
  CHECK(storeCell(value, type, column, 1, arena));
  CHECK(loadCell(column, type, 1) == value);
  CHECK(loadCell(column, type, 0).isMissing());
  Arena tiny(8);
  CHECK(!storeCell(value, type, column, 0, tiny));
}

TEST_CASE("every record is whole") {
  for (const auto& op : operators().all()) {
    INFO(op->name);
    CHECK(!op->doc.empty());
    CHECK(!op->overloads.empty());
    CHECK(operators().find(op->name) == op.get());
    if (!op->isInternal) CHECK(!op->examples.empty());
    if (op->hasConstants()) CHECK(op->prepare != nullptr);
    for (const Overload& o : op->overloads) {
      CHECK(o.kernel != nullptr);
      CHECK(o.strict.size() == o.params.size());
      CHECK(o.finite.size() == o.params.size());
    }
  }
  CHECK(operators().find("nothing") == nullptr);
}

TEST_CASE("what a record proposes for structs is a call of a known operator, with the structs and a key") {
  size_t proposals = 0;
  for (const auto& op : operators().all()) {
    const StructCall& meant = op->proposeForStructs;
    if (meant.call.empty()) continue;
    ++proposals;
    INFO(op->name << ": " << meant.call);
    const Operator* called = operators().find(calledOperator(meant.call));
    REQUIRE(called != nullptr);
    CHECK(called->makesOfStructs == OfStructs::List);
    for (const Overload& overload : called->overloads) CHECK(overload.params.size() >= 2);
    CHECK(keepsArgument(meant.call, 0));
    CHECK(keepsArgument(meant.call, 1));
    CHECK(!meant.says.empty());
  }
  CHECK(proposals > 0);
}

TEST_CASE("an overload is chosen by fewest lists mapped over, then fewest conversions") {
  auto pick = [](std::string_view name, std::vector<Type> types) {
    const Operator* op = operators().find(name);
    auto r = resolve(*op, types, kUnwrittenSemantics);
    return r ? signature(*op, op->overloads[r->overload]) : "none";
  };
  Type i = Type::int64();
  Type f = Type::float64();
  Type s = Type::string();
  CHECK(pick("add", {i, i}) == "add(a: int64, b: int64) -> int64");
  CHECK(pick("add", {i, f}) == "add(a: float64, b: float64) -> float64");
  CHECK(pick("add", {i, s}) == "none");
  CHECK(pick("max", {Type::list(i)}) == "max(values: list<int64>) -> int64");
  CHECK(pick("max", {Type::list(i), i}) == "max(values: int64, second: int64) -> int64");
  CHECK(pick("max", {i}) == "none");
  CHECK(pick("len", {Type::list(s)}) == "len(x: list<string>) -> int64");
  CHECK(pick("concat", {s, Type::list(s)}) == "concat(a: string, b: string, ...) -> string");
  CHECK(pick("concat", {Type::list(s), Type::list(s)}) ==
        "concat(a: list<string>, b: list<string>, ...) -> list<string>");
  CHECK(pick("bucketize", {i, Type::list(i)}) == "bucketize(x: int64, boundaries: list<int64>) -> int64");
  CHECK(pick("bucketize", {i, Type::list(f)}) == "bucketize(x: float64, boundaries: list<float64>) -> int64");
  CHECK(pick("bucketize", {i, i}) == "none");
  Type map = Type::map(s, i);
  CHECK(pick("lookup", {map, Type::list(s)}) ==
        "lookup(map: map<string, int64>, key: string, default?: int64) -> int64");
  CHECK(pick("lookup", {map, Type::list(s), Type(), s}) ==
        "lookup(map: map<string, int64>, key: list<string>, default?: int64, combiner: string) -> float64");
  CHECK(pick("lookup", {map, s, Type(), s}) == "none");
}

TEST_CASE("names of other systems") {
  CHECK(operators().findForeign("mean").op == operators().find("avg"));
  CHECK(operators().findForeign("StdDev").op == operators().find("std"));
  CHECK_FALSE(operators().findForeign("StdDev").difference.empty());
  CHECK(operators().findForeign("COALESCE").op == operators().find("default_to"));
  CHECK(operators().findForeign("avg").op == nullptr);
}

TEST_CASE("the overload that comes nearest") {
  auto misses = [](std::string_view name, std::vector<Type> types) {
    const Operator* op = operators().find(name);
    std::string text;
    for (const NearMiss& miss : nearMisses(*op, types, kUnwrittenSemantics)) {
      text += signature(*op, op->overloads[miss.overload]);
      for (uint32_t arg : miss.misfits) text += " misfit " + std::to_string(arg);
      for (uint32_t param : miss.lacking) text += " lacking " + std::to_string(param);
      for (uint32_t arg : miss.excess) text += " excess " + std::to_string(arg);
      text += miss.swapped ? " swapped\n" : "\n";
    }
    return text;
  };
  Type i = Type::int64();
  Type f = Type::float64();
  Type s = Type::string();
  CHECK(misses("hour", {f, Type()}) == "hour(time: int64, zone?: string) -> int64 misfit 0\n");
  CHECK(misses("lookup", {Type::map(s, f), s, Type(), s}) ==
        "lookup(map: map<string, float64>, key: list<string>, default?: float64, combiner: string) -> float64 misfit "
        "1\n");
  CHECK(misses("match", {Type::map(i, Type::map(s, f)), s, i, Type()}) ==
        "match(map: map<int64, map<string, float64>>, first: int64, second: string, default?: float64) -> float64 "
        "misfit 1 misfit 2 swapped\n");
  CHECK(misses("bucketize", {s, Type::list(i)}) ==
        "bucketize(x: int64, boundaries: list<int64>) -> int64 misfit 0\n"
        "bucketize(x: float64, boundaries: list<float64>) -> int64 misfit 0\n");
  CHECK(misses("clip", {f, f, Type()}) == "clip(x: float64, low: float64, high: float64) -> float64 lacking 2\n");
}

TEST_CASE("a name that other systems use means one operator, and is none itself") {
  for (const auto& op : operators().all()) {
    for (const ForeignName& foreign : op->foreignNames) {
      INFO(op->name << ": " << foreign.name);
      CHECK(operators().findForeign(foreign.name).op == op.get());
      // Its own name may mean something else there.
      const Operator* here = operators().find(foreign.name);
      CHECK((here == nullptr || (here == op.get() && !foreign.difference.empty())));
    }
  }
  CHECK(operators().findForeign("StdDev").op == operators().find("std"));
  CHECK(operators().findForeign("std").op == nullptr);
}

TEST_CASE("what may be missing") {
  auto type = [](std::string_view name, std::vector<Arg> args) {
    return toString(callOperator(name, std::move(args)).type);
  };
  CHECK(type("add", {arg(1), arg(2)}) == "int64");
  CHECK(type("add", {arg(1), missing(Type::int64())}) == "int64?");
  CHECK(type("int", {arg(1.5)}) == "int64?");
  CHECK(type("int", {arg(true)}) == "int64");
  CHECK(type("hash", {arg(1.5)}) == "int64?");
  CHECK(type("cross", {arg(1), arg(2)}) == "int64");
  CHECK(type("cross", {arg(1), arg(2.0)}) == "int64?");
  CHECK(type("cross", {arg(1), listOf(Type::float64(), {})}) == "list<int64>");
  CHECK(type("int", {listOf(Type::string(), {arg("1")})}) == "list<int64>");
  CHECK(type("add", {listOf(Type::int64(), {}), missing(Type::int64())}) == "list<int64>?");
}

TEST_CASE("the reference merges overloads that differ in a scalar type") {
  CHECK(signatures(*operators().find("head")) == std::vector<std::string>{"head(list: list<T>, n: int64) -> list<T>"});
  CHECK(missingRule(*operators().find("lookup")) == "Missing where `map` or `key` is. `default` may be missing.");
}

}  // namespace featc
