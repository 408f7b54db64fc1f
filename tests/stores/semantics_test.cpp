// SPDX-License-Identifier: Apache-2.0
// Which texts of a row are numbers and bools depends on the version of the meaning; what was loaded under one is read
// under the other.

#include "stores/cache_store.h"
#include "stores/memory_table.h"
#include "stores/row_format.h"
#include "tests/common/catch.h"
#include "tests/stores/fixture.h"

using namespace featc;
using namespace featc::test;

namespace {

SourceInfo sourceOf(uint32_t semantics, const char* intType = "int64") {
  SourceInfo s{"s", {{"k", Type::string()}}, "{k}", Encoding::Hash, {}, semantics};
  s.fields = {{"i", *parseType(intType)}, {"f", Type::float64()}, {"b", Type::boolean()}};
  return s;
}

// The fields of a row of texts, behind it how many are bad.
std::string read(const SourceInfo& s, const std::string& i, const std::string& f, const std::string& b) {
  SourceInfo texts = s;
  for (SourceField& field : texts.fields) field.type = Type::string();
  std::vector<Value> values = {Value::of(i), Value::of(f), Value::of(b)};
  MemoryTable table;
  table.putBytes("1", encodeRow(texts, values));
  FetchResult result = fetch(table, s, {"1"});
  std::string shown = show(result, s);
  return shown.substr(0, shown.find('\n')) + ", bad " + std::to_string(result.badFieldsOf(0));
}

}  // namespace

TEST_CASE("semantics 1 reads few texts as numbers and bools", "[stores]") {
  SourceInfo s = sourceOf(1);
  CHECK(read(s, "-7", "0.5", "1") == "found -7 0.5 true, bad 0");
  CHECK(read(s, "3.0", "1e+300", "0") == "found 3 1e+300 false, bad 0");
  CHECK(read(s, "+3", ".60", "true") == "found missing missing missing, bad 3");
  CHECK(read(s, "3.", "5.", "True") == "found missing missing missing, bad 3");
}

TEST_CASE("semantics 2 reads them as cells of CSV are read", "[stores]") {
  SourceInfo s = sourceOf(2);
  CHECK(read(s, "-7", "0.5", "1") == "found -7 0.5 true, bad 0");
  CHECK(read(s, "3.0", "1e+300", "0") == "found 3 1e+300 false, bad 0");
  CHECK(read(s, "+3", ".60", "true") == "found 3 0.6 true, bad 0");
  CHECK(read(s, "3.", "5.", "FALSE") == "found 3 5 false, bad 0");
  CHECK(read(s, "3.5", "nan", "yes") == "found missing missing missing, bad 3");
}

TEST_CASE("semantics 2 reads integers beyond 64 bits in JSON texts as floats, and others beside them as they are",
          "[stores]") {
  for (uint32_t semantics : {1U, 2U}) {
    SourceInfo s = sourceOf(semantics);
    s.encoding = Encoding::Json;
    MemoryTable table;
    table.putBytes("1", "\x02{\"i\": 1234567890123456789, \"f\": -50208141146382524416, \"b\": true}");
    table.putBytes("2", "\x02{\"i\": 1, \"f\": 502081411463825244x16, \"b\": true}");
    FetchResult result = fetch(table, s, {"1", "2"});
    std::string read = semantics == 2 ? "1234567890123456789 -5.0208141146382524e+19 true" : "missing missing missing";
    CHECK(show(result, s) == "found " + read + "\nfound missing missing missing\n");
  }
}

TEST_CASE("a timestamp is seconds or a text, under every version", "[stores]") {
  for (uint32_t semantics : {1U, 2U}) {
    SourceInfo s = sourceOf(semantics, "timestamp");
    CHECK(read(s, "1733047200", "1", "1") == "found 1733047200 1 true, bad 0");
    CHECK(read(s, "2024-12-01T10:00:00Z", "1", "1") == "found 1733047200 1 true, bad 0");
    CHECK(read(s, "soon", "1", "1") == "found missing 1 true, bad 1");
  }
}

TEST_CASE("what is loaded under semantics 1 is read under semantics 2", "[stores]") {
  std::vector<Value> values = {Value::of(int64_t{-7}), Value::of(-0.0), Value::of(true)};
  MemoryTable table;
  table.putBytes("1", encodeRow(sourceOf(1), values));
  for (uint32_t semantics : {1U, 2U}) {
    SourceInfo s = sourceOf(semantics);
    FetchResult result = fetch(table, s, {"1"});
    CHECK(show(result, s) == "found -7 -0 true\n");
    CHECK(result.badFieldsOf(0) == 0);
  }
}

TEST_CASE("versions share no rows in a cache", "[stores]") {
  SourceInfo texts = sourceOf(1);
  for (SourceField& field : texts.fields) field.type = Type::string();
  std::vector<Value> values = {Value::of(std::string("1")), Value::of(std::string(".60")), Value::of(std::string("0"))};
  auto table = std::make_shared<MemoryTable>();
  table->putBytes("1", encodeRow(texts, values));
  CacheStore cache(table, 1U << 20U, std::chrono::hours(1));
  for (int round = 0; round < 2; ++round) {
    CHECK(show(fetch(cache, sourceOf(2), {"1"}), sourceOf(2)) == "found 1 0.6 false\n");
    CHECK(show(fetch(cache, sourceOf(1), {"1"}), sourceOf(1)) == "found 1 missing false\n");
  }
}
