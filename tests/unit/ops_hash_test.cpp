// SPDX-License-Identifier: Apache-2.0
// Hashes against values computed by other implementations: Python's xxhash 4.1, pyfarmhash 0.5 and
// mmh3 5.3. The same vectors stand in docs/ids.md.
#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

namespace {

struct Vector {
  std::string bytes;
  uint64_t xxh3, farm, murmur3;
};

const Vector kVectors[] = {
    {"", 0x2d06800538d394c2, 0x9ae16a3b2f90404f, 0x0},
    {"a", 0xe6c632b61e964e1f, 0xb3454265b6df75e3, 0x85555565f6597889},
    {"food", 0x2f246566534dc9a9, 0x16cbdc184b5980a3, 0xa949febddce2fd25},
    {"hotpot", 0xea0b5bb367fc81a0, 0xed945a55bdf79d44, 0x9efe4eedd6d35a7e},
    {"0123456789abcdefg", 0xd2e63ed5466f5c32, 0xa6ddff87a449d24a, 0x8e32612daa45f9de},
    {std::string(40, 'x'), 0x22822823e92f81cc, 0xebf8e8aeac993c94, 0x490743c1dd914c61},
    {std::string(200, 'y'), 0x78c5ae5cf7b1237e, 0x804e01e145d93b4, 0x2e3865d450b5e989},
    {std::string(300, 'z'), 0x4d3f26454e4c3335, 0x8200e58ff4c43c73, 0x46fbb75062faf9f4},
};

uint64_t hashed(Arg a) { return static_cast<uint64_t>(callOperator("hash", {std::move(a)}).value.asInt()); }

}  // namespace

TEST_CASE("hashes of bytes") {
  for (const Vector& v : kVectors) {
    INFO(v.bytes);
    CHECK(hashBytes(HashFamily::Xxh3, v.bytes) == v.xxh3);
    CHECK(hashBytes(HashFamily::Farm, v.bytes) == v.farm);
    CHECK(hashBytes(HashFamily::Murmur3, v.bytes) == v.murmur3);
  }
}

TEST_CASE("hashes of numbers are those of their bytes") {
  CHECK(hashInt(HashFamily::Xxh3, 0) == 0xc77b3abb6f87acd9);
  CHECK(hashInt(HashFamily::Xxh3, 1) == 0x2fbc593564db792e);
  CHECK(hashInt(HashFamily::Xxh3, -1) == 0x5111c7e47d784413);
  CHECK(hashInt(HashFamily::Xxh3, kMinInt) == 0x828f2476789a0e5f);
  CHECK(hashInt(HashFamily::Murmur3, 42) == 0xb6acc39989d27df8);
  CHECK(hashFloat(HashFamily::Xxh3, 0.5) == 0x5da9c77a7c72de31);
  CHECK(hashFloat(HashFamily::Xxh3, -1.5) == 0xa6adab8826c48a82);
  CHECK(hashFloat(HashFamily::Murmur3, 1e300) == 0x8002123f345cb1f7);
  CHECK(hashFloat(HashFamily::Xxh3, -0.0) == hashFloat(HashFamily::Xxh3, 0.0));
}

TEST_CASE("the operator hash") {
  CHECK(hashed(arg("food")) == 0x2f246566534dc9a9);
  CHECK(hashed(arg(1)) == 0x2fbc593564db792e);
  CHECK(hashed(arg(true)) == 0x2fbc593564db792e);
  CHECK(hashed(arg(0.5)) == 0x5da9c77a7c72de31);
  CHECK(eval("hash", arg(kNaN)) == "missing");
  CHECK(eval("hash", arg(kInf)) == "missing");
  CHECK(eval("hash", missing(Type::string())) == "missing");
  CHECK(static_cast<uint64_t>(callOperator("hash", {arg("food")}, HashFamily::Farm).value.asInt()) ==
        0x16cbdc184b5980a3);
}

TEST_CASE("combining hashes") {
  CHECK(combineHashes(0xa2d2bb0b9da2c1e5, 0) != combineHashes(0, 0xa2d2bb0b9da2c1e5));
  CHECK(combineHashes(1, 2) == 0xc5cd875f9328bfb5);
  CHECK(combineHashes(~uint64_t{0}, 1) == 0x9ae01a74279d58ea);
  CHECK(combineHashes(hashInt(HashFamily::Xxh3, 3), hashBytes(HashFamily::Xxh3, "hotpot")) == 0xef2cbc51d0adb4d5);
}

TEST_CASE("ids") {
  CHECK(makeId(10, static_cast<int64_t>(0xd12ecdce9351c22d)) == 191102746477101U);
  CHECK(slotOf(191102746477101U) == 10);
  CHECK(payloadOf(191102746477101U) == 0xdce9351c22d);
  CHECK(makeId(1, -1) == ((uint64_t{2} << 44U) - 1));
  CHECK(losesBits(-1));
  CHECK(losesBits(int64_t{1} << 44));
  CHECK(!losesBits((int64_t{1} << 44) - 1));
}

TEST_CASE("cross is a chain of combined hashes") {
  auto crossed = callOperator("cross", {arg("beijing"), arg(12), arg("hotpot")});
  CHECK(static_cast<uint64_t>(crossed.value.asInt()) == 0xd12ecdce9351c22d);

  Type string = Type::string();
  Arg tags = listOf(string, {arg("a"), missing(string), arg("b")});
  auto h = [](std::string_view s) { return hashBytes(HashFamily::Xxh3, s); };
  auto product = callOperator("cross", {tags, listOf(Type::int64(), {arg(1), arg(2)})});
  REQUIRE(product.value.isList());
  REQUIRE(product.value.asList().size() == 4);
  auto at = [&](size_t i) { return static_cast<uint64_t>(product.value.asList()[i].asInt()); };
  CHECK(at(0) == combineHashes(h("a"), hashInt(HashFamily::Xxh3, 1)));
  CHECK(at(1) == combineHashes(h("a"), hashInt(HashFamily::Xxh3, 2)));
  CHECK(at(3) == combineHashes(h("b"), hashInt(HashFamily::Xxh3, 2)));

  CHECK(eval("cross", missing(string), arg(1)) == "missing");
  CHECK(eval("cross", tags, missing(Type::list(string))) == "missing");
  CHECK(eval("cross", arg(kNaN), arg(1)) == "missing");
  CHECK(eval("cross", tags, listOf(string, {})) == "[]");
  CHECK(eval("cross", listOf(Type::float64(), {arg(kNaN)}), arg(1)) == "[]");
  CHECK(eval("cross", arg(1)) == "error: no overload");
}

TEST_CASE("a product that is too large fails the row") {
  std::vector<Arg> many(300, arg(1));
  auto r = callOperator("cross", {listOf(Type::int64(), many), listOf(Type::int64(), many)});
  CHECK(r.status == RowStatus::ValueTooLarge);
}

TEST_CASE("steps of a shared cross equal the whole") {
  Type i = Type::int64();
  Type s = Type::string();
  std::vector<Arg> choices = {arg(7),        arg("x"),
                              missing(s),    arg(kNaN),
                              arg(-0.0),     listOf(i, {arg(1), missing(i), arg(-3)}),
                              listOf(s, {}), missing(Type::list(s))};
  auto step = [](const CallResult& a, const CallResult& b) {
    bool list = a.type.isList() || b.type.isList();
    return callOperator(list ? "combine_hashes_product" : "combine_hashes", {{a.value, a.type}, {b.value, b.type}});
  };
  for (const Arg& a : choices) {
    for (const Arg& b : choices) {
      for (const Arg& c : choices) {
        auto whole = callOperator("cross", {a, b, c});
        auto steps = step(step(callOperator("hash", {a}), callOperator("hash", {b})), callOperator("hash", {c}));
        INFO(toString(a.value) << " " << toString(b.value) << " " << toString(c.value) << " " << toString(a.type)
                               << toString(b.type) << toString(c.type));
        CHECK(whole.text() == steps.text());
        CHECK(whole.type == steps.type);
      }
    }
  }
}

}  // namespace featc
