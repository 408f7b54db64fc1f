// SPDX-License-Identifier: Apache-2.0
// Rows are the same in every kind of store, whatever their keys; rows that are broken are counted.
#include <lmdb.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/memory/memory_store.h"
#include "stores/memory_table.h"
#include "stores/row_format.h"
#include "tests/common/catch.h"
#include "tests/stores/fixture.h"

using namespace featc;
using namespace featc::test;

namespace {

std::vector<std::string> keysOf(const SourceInfo& s) {
  std::vector<std::string> keys;
  for (const std::string& part : rowKeys()) keys.push_back(s.keyPattern.substr(0, s.keyPattern.find('{')) + part);
  return keys;
}

std::string showAll(Store& store) {
  std::string text;
  for (const SourceInfo& s : sources()) text += show(fetch(store, s, keysOf(s)), s);
  return text;
}

}  // namespace

TEST_CASE("rows are the same to the bit in memory, LMDB and Redis, hashes and JSON texts", "[stores]") {
  StoreLoadReport report;
  auto memory = MemoryStore::parse(rowLines(), sources(), report);
  REQUIRE(report.badLineCount == 0);
  std::string wanted = showAll(*memory);
  // By hand, of the first row.
  CHECK(wanted.substr(0, wanted.find('\n')) ==
        "found -3 -0 true \"plain\" [\"a\", missing, \"\\x00\", \"\xE7\x81\xAB\"] "
        "{\"a\": 0.1, \"b\": 1e+300, \"c\": 0} {-5: 9007199254740993} [1, missing, 2] [\"x\", missing, missing]");

  TempFolder folder;
  fill("lmdb:" + folder.path("db"));
  CHECK(showAll(*open("lmdb:" + folder.path("db"))) == wanted);
  // Loading again changes nothing.
  fill("lmdb:" + folder.path("db"));
  CHECK(showAll(*open("lmdb:" + folder.path("db") + "?cache=1MB")) == wanted);

  RedisServer redis;
  fill(redis.url());
  CHECK(showAll(*open(redis.url())) == wanted);
  fill(redis.url());
  std::shared_ptr<Store> guarded = open(redis.url("&loops=2&connections=3&cache=1MB&hedge=p95&timeout=20s"));
  CHECK(showAll(*guarded) == wanted);
  CHECK(showAll(*guarded) == wanted);

  MemoryTable table;
  StoreRowReader rows(sources());
  std::string_view rest = rowLines();
  for (; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    REQUIRE(rows.read(rest.substr(0, rest.find('\n')), 0) == StoreRowReader::Row::Taken);
    table.put(sources()[rows.source()], rows.key(), rows.values());
  }
  CHECK(showAll(table) == wanted);
}

TEST_CASE("what does not parse is missing and counted", "[stores]") {
  RedisServer redis;
  redis.command({"HSET", "h:1", "age", "x", "score", "nan", "vip", "true", "name", "\xFF", "tags", "[1]", "taste", "{",
                 "counts", "{\"1\": 2}"});
  redis.command({"SET", "h:2", "text"});
  redis.command({"SET", "j:1", "{\"age\": \"x\", \"name\": \"n\", \"vip\": 1}"});
  redis.command({"SET", "j:2", "{\"age\": 1"});
  redis.command({"SET", "j:3", "[1]"});
  redis.command({"HSET", "j:4", "age", "1"});
  redis.command({"SET", "j:5", "{\"age\": 1, \"age\": 2, \"more\": {}, \"score\": null}"});
  for (const char* parameters : {"", "&cache=1MB"}) {
    std::shared_ptr<Store> store = open(redis.url(parameters));
    for (int i = 0; i < 2; ++i) {
      FetchResult hash = fetch(*store, source("hash"), {"h:1", "h:2", "h:3"});
      CHECK(show(hash, source("hash")) ==
            "found missing missing missing \"\\xff\" missing missing {1: 2} missing missing\n"
            "found missing missing missing missing missing missing missing missing missing\n"
            "absent missing missing missing missing missing missing missing missing missing\n");
      CHECK(hash.badFields == std::vector<uint32_t>{5, 9, 0});
      FetchResult json = fetch(*store, source("json"), {"j:1", "j:2", "j:3", "j:4", "j:5"});
      CHECK(show(json, source("json")) ==
            "found missing missing missing \"n\" missing missing missing missing missing\n"
            "found missing missing missing missing missing missing missing missing missing\n"
            "found missing missing missing missing missing missing missing missing missing\n"
            "absent missing missing missing missing missing missing missing missing missing\n"
            "found 2 missing missing missing missing missing missing missing missing\n");
      CHECK(json.badFields == std::vector<uint32_t>{2, 9, 9, 0, 0});
    }
  }
}

TEST_CASE("a list of structs is an array of objects in JSON, good or bad as a whole", "[stores]") {
  MemoryTable table;
  table.putBytes("j:1", "\x02{\"clicks\": [{\"at\": 7}, {\"shop\": \"x\"}]}");
  table.putBytes("j:2", "\x02{\"clicks\": [{\"at\": 7}, {\"at\": \"x\"}], \"age\": 3}");
  table.putBytes("j:3", "\x02{\"clicks\": {}}");
  FetchResult result = fetch(table, source("json"), {"j:1", "j:2", "j:3"});
  CHECK(show(result, source("json")) ==
        "found missing missing missing missing missing missing missing [7, missing] [missing, \"x\"]\n"
        "found 3 missing missing missing missing missing missing missing missing\n"
        "found missing missing missing missing missing missing missing missing missing\n");
  CHECK(result.badFields == std::vector<uint32_t>{0, 2, 2});
}

TEST_CASE("stored integers beyond int64 keep their 64 bits from semantics 2 on", "[stores]") {
  MemoryTable table;
  table.putBytes("j:1",
                 "\x02{\"age\": 10000169349117863715, \"counts\": {\"9223372036854775808\": 1}, "
                 "\"clicks\": [{\"at\": 18446744073709551615}]}");
  table.putBytes("h:1", std::string("\x01\x03\0\0\0age\x14\0\0\0", 12) + "10000169349117863715");
  for (uint32_t semantics : {1U, 2U}) {
    SourceInfo json = source("json");
    SourceInfo hash = source("hash");
    json.semantics = hash.semantics = semantics;
    FetchResult rows = fetch(table, json, {"j:1"});
    CHECK(show(rows, json) == (semantics == 1
                                   ? "found missing missing missing missing missing missing missing missing missing\n"
                                   : "found -8446574724591687901 missing missing missing missing missing "
                                     "{-9223372036854775808: 1} [-1] [missing]\n"));
    CHECK(rows.badFieldsOf(0) == (semantics == 1 ? 4 : 0));
    FetchResult texts = fetch(table, hash, {"h:1"});
    CHECK(show(texts, hash).starts_with(semantics == 1 ? "found missing" : "found -8446574724591687901"));
    CHECK(texts.badFieldsOf(0) == (semantics == 1 ? 1 : 0));
  }
}

TEST_CASE("the bytes of a row are as documented", "[stores]") {
  SourceInfo s{"s", {{"k", Type::string()}}, "{k}", Encoding::Hash, {{"a", Type::int64()}, {"bb", Type::string()}}};
  std::vector<Value> values = {Value::of(int64_t{-7}), Value::of(std::string("x\0y", 3))};
  CHECK(encodeRow(s, values) == std::string("\x01"
                                            "\x01\0\0\0a\x02\0\0\0-7"
                                            "\x02\0\0\0bb\x03\0\0\0x\0y",
                                            1 + 4 + 1 + 4 + 2 + 4 + 2 + 4 + 3));
  s.encoding = Encoding::Json;
  CHECK(encodeRow(s, values) == "\x02{\"a\":-7,\"bb\":\"x\\u0000y\"}");
  // Of XXH3-128, seed 0, of nothing: the first line of xxHash's own test vectors.
  CHECK(hashedKey("") == std::string("\x99\xaa\x06\xd3\x01\x47\x98\xd8\x60\x01\xc3\x24\x46\x8d\x49\x7f", 16));
  CHECK(rowOfFullKey("key", withFullKey("key", "row")) == "row");
  CHECK(rowOfFullKey("other", withFullKey("key", "row")) == std::nullopt);
  CHECK(rowOfFullKey("key", "ke") == std::nullopt);
}

namespace {

// In a process of its own, so that it can open a file that this one has open. Exits with 0 when all went well.
void writeRows(const std::string& path, size_t mapBytes, const char* prefix, size_t rows, size_t bytes) {
  MDB_env* environment = nullptr;
  MDB_txn* transaction = nullptr;
  MDB_dbi table = 0;
  MDB_dbi hashed = 0;
  bool good = mdb_env_create(&environment) == 0 && mdb_env_set_maxdbs(environment, 2) == 0 &&
              mdb_env_set_mapsize(environment, mapBytes) == 0 &&
              mdb_env_open(environment, path.c_str(), 0, 0644) == 0 &&
              mdb_txn_begin(environment, nullptr, 0, &transaction) == 0 &&
              mdb_dbi_open(transaction, "rows", MDB_CREATE, &table) == 0 &&
              mdb_dbi_open(transaction, "hashed", MDB_CREATE, &hashed) == 0;
  std::string text = "\x02{\"name\":\"" + std::string(bytes, 'x') + "\"}";
  for (size_t i = 0; good && i < rows; ++i) {
    std::string name = prefix + std::to_string(i);
    MDB_val key{name.size(), name.data()};
    MDB_val value{text.size(), text.data()};
    good = mdb_put(transaction, table, &key, &value, 0) == 0;
  }
  _exit(good && mdb_txn_commit(transaction) == 0 ? 0 : 1);
}

void inOwnProcess(const std::function<void()>& work) {
  int pid = fork();
  if (pid == 0) work();
  int status = 1;
  waitpid(pid, &status, 0);
  REQUIRE(status == 0);
}

}  // namespace

TEST_CASE("a file of LMDB may grow, and appear, while it is read", "[stores]") {
  TempFolder folder;
  std::string path = folder.path("db");
  std::shared_ptr<Store> store = open("lmdb:" + path);
  CHECK(count(fetch(*store, source("json"), {"j:0"}), KeyStatus::Failed) == 1);
  CHECK(storeProblem(*store) == "No such file or directory");

  std::filesystem::create_directory(path);
  inOwnProcess([&] { writeRows(path, size_t{1} << 20U, "j:", 10, 100); });
  FetchResult result;
  Clock::time_point until = Clock::now() + std::chrono::seconds(20);
  do result = fetch(*store, source("json"), {"j:0", "j:9", "j:10"});
  while (count(result, KeyStatus::Found) == 0 && Clock::now() < until);
  CHECK(count(result, KeyStatus::Found) == 2);
  CHECK(count(result, KeyStatus::Absent) == 1);

  // More than the reader has mapped.
  inOwnProcess([&] { writeRows(path, size_t{64} << 20U, "j:", 20, size_t{1} << 20U); });
  CHECK(count(fetch(*store, source("json"), {"j:0", "j:9", "j:19"}), KeyStatus::Found) == 3);
}

TEST_CASE("values that are too large fail, whatever the store", "[stores]") {
  TempFolder folder;
  std::filesystem::create_directory(folder.path("db"));
  inOwnProcess([&] { writeRows(folder.path("db"), size_t{64} << 20U, "j:", 1, size_t{1} << 20U); });
  std::shared_ptr<Store> store = open("lmdb:" + folder.path("db") + "?max_value_bytes=1000KB");
  CHECK(count(fetch(*store, source("json"), {"j:0", "j:1"}), KeyStatus::Failed) == 1);
  store = open("lmdb:" + folder.path("db"));
  CHECK(count(fetch(*store, source("json"), {"j:0", "j:1"}), KeyStatus::Found) == 1);
}
