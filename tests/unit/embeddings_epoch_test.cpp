// SPDX-License-Identifier: Apache-2.0
// Epochs: manifests, deltas in sequence, gaps, damage, compaction.
#include "server/embeddings/epoch.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "embeddings_fixture.h"
#include "server/embeddings/build/epoch_writer.h"
#include "server/embeddings/delta.h"
#include "tests/common/catch.h"

using namespace featc;
using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;

struct TestEpoch {
  EmbeddingsFolder folder;
  std::map<std::string, Rows> tables;  // as they should be
  std::string path() const { return folder.path(); }

  // Two tables: `city` of 4 float32, `user` of 16 bfloat16.
  TestEpoch() {
    tables["city"] = someRows(100, 4, 1);
    tables["user"] = someRows(2000, 16, 2);
    EpochManifest manifest{.epoch = "e1"};
    for (const auto& [name, rows] : tables) {
      const RowType type = name == "city" ? RowType::Float32 : RowType::BFloat16;
      const std::string file = name + ".table";
      buildTable(folder / file, rows, type);
      const auto dim = static_cast<uint32_t>(rows.begin()->second.size());
      manifest.tables.push_back({.name = name,
                                 .file = file,
                                 .outputs = {name + "_id", name + "_cross"},
                                 .dim = dim,
                                 .type = type,
                                 .combiner = Combiner::Mean,
                                 .rows = rows.size(),
                                 .defaultRow = std::vector<float>(dim, 0.5F),
                                 .checksum = openTable(folder / file)->checksum()});
    }
    REQUIRE_FALSE(publishEpoch(path(), manifest));
  }

  // Appends a delta that changes, adds and deletes some rows of `user`.
  uint64_t change(uint64_t seed) {
    const Rows fresh = someRows(200, 16, seed);
    std::vector<std::vector<std::byte>> encoded;
    DeltaTable delta{.name = "user", .dim = 16, .type = RowType::BFloat16};
    for (const auto& [id, row] : fresh) {
      encoded.emplace_back(32);
      encodeRow(RowType::BFloat16, row.data(), 16, encoded.back().data());
      const bool isDeleted = id % 5 == 0;
      delta.changes.push_back({id, isDeleted ? nullptr : encoded.back().data()});
      if (isDeleted)
        tables["user"].erase(id);
      else
        tables["user"][id] = row;
    }
    Expected<uint64_t> sequence = appendDelta(path(), {delta});
    REQUIRE(sequence);
    return *sequence;
  }

  std::shared_ptr<EmbeddingEpoch> open() const {
    Expected<std::shared_ptr<EmbeddingEpoch>> epoch = EmbeddingEpoch::open(path());
    CAPTURE(epoch.error().message);
    REQUIRE(epoch);
    return *epoch;
  }

  // Whether the snapshot has just the rows that it should.
  bool agrees(const EmbeddingSnapshot& snapshot) const {
    Rows all = someRows(2000, 16, 2);
    for (uint64_t seed = 10; seed < 20; ++seed)
      for (const auto& [id, row] : someRows(200, 16, seed)) all[id];
    const TableLookup& user = snapshot.table(*snapshot.tableOf("user_cross"));
    for (const auto& [id, ignored] : all) {
      std::vector<float> row(16);
      auto wanted = tables.at("user").find(id);
      if (user.get(id, row.data()) != (wanted != tables.at("user").end())) return false;
      if (wanted != tables.at("user").end() && row != wanted->second) return false;
    }
    return true;
  }
};

}  // namespace

TEST_CASE("an epoch finds the table of an output", "[embeddings]") {
  const TestEpoch made;
  const std::shared_ptr<const EmbeddingSnapshot> snapshot = made.open()->snapshot();
  CHECK(snapshot->epoch() == "e1");
  CHECK(snapshot->sequence() == 0);
  CHECK(snapshot->tableOf("city_id") == 0);
  CHECK(snapshot->tableOf("user_cross") == 1);
  CHECK_FALSE(snapshot->tableOf("user"));
  CHECK(snapshot->table(0).dim() == 4);
  CHECK(made.agrees(*snapshot));
}

TEST_CASE("deltas are applied in sequence, and a snapshot stays what it is", "[embeddings]") {
  TestEpoch made;
  const std::shared_ptr<EmbeddingEpoch> epoch = made.open();
  const std::shared_ptr<const EmbeddingSnapshot> first = epoch->snapshot();
  const TestEpoch before;
  for (uint64_t round = 1; round <= 3; ++round) CHECK(made.change(9 + round) == round);
  Expected<uint64_t> applied = epoch->refresh();
  REQUIRE(applied);
  CHECK(*applied == 3);
  CHECK(epoch->snapshot()->sequence() == 3);
  CHECK(made.agrees(*epoch->snapshot()));
  CHECK(before.agrees(*first));
  made.change(13);
  REQUIRE(epoch->refresh());
  CHECK(made.agrees(*epoch->snapshot()));
  CHECK(made.agrees(*made.open()->snapshot()));
  CHECK(*epoch->refresh() == 0);
}

TEST_CASE("a gap stops deltas, and says which one is missing", "[embeddings]") {
  TestEpoch made;
  made.change(10);
  made.change(11);
  made.change(12);
  fs::rename(deltaFile(made.path(), 2), made.folder / "kept");
  const std::shared_ptr<EmbeddingEpoch> epoch = made.open();
  CHECK(epoch->snapshot()->sequence() == 1);
  CHECK_THAT(epoch->deltaProblem().message,
             ContainsSubstring("00000002.delta is missing, and ") && ContainsSubstring("00000003.delta is there"));
  CHECK_FALSE(epoch->refresh());
  // It comes late: all goes on.
  fs::rename(made.folder / "kept", deltaFile(made.path(), 2));
  REQUIRE(epoch->refresh());
  CHECK_FALSE(epoch->deltaProblem());
  CHECK(epoch->snapshot()->sequence() == 3);
  CHECK(made.agrees(*epoch->snapshot()));
}

TEST_CASE("a delta that is cut, changed or of another epoch is not applied", "[embeddings]") {
  TestEpoch made;
  const std::shared_ptr<EmbeddingEpoch> epoch = made.open();
  made.change(10);
  const std::string path = deltaFile(made.path(), 1);
  const std::string bytes = readBytes(path);
  REQUIRE(parseDelta(bytes, "x"));
  for (size_t size = 0; size < bytes.size(); size += size < 200 ? 1 : 97) {
    CAPTURE(size);
    Expected<Delta> cut = parseDelta(bytes.substr(0, size), "cut.delta");
    REQUIRE_FALSE(cut);
    CHECK_THAT(cut.error().message, ContainsSubstring("cannot use cut.delta: "));
  }
  for (size_t at = 0; at < bytes.size(); at += at < 200 ? 1 : 13) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    CAPTURE(at);
    REQUIRE_FALSE(parseDelta(damaged, "x"));
  }
  writeBytes(path, bytes.substr(0, bytes.size() / 2));
  CHECK_FALSE(epoch->refresh());
  CHECK(epoch->snapshot()->sequence() == 0);

  auto refusedAs = [&](auto&& change, const char* why) {
    Expected<Delta> delta = parseDelta(bytes, "x");
    REQUIRE(delta);
    change(*delta);
    writeBytes(path, deltaBytes(*delta));
    Expected<uint64_t> applied = epoch->refresh();
    REQUIRE_FALSE(applied);
    CHECK_THAT(applied.error().message, ContainsSubstring(why));
  };
  refusedAs([](Delta& delta) { ++delta.origin; }, "it belongs to epoch \"e1\"");
  refusedAs([](Delta& delta) { delta.sequence = 2; }, "it has sequence 2 inside");
  refusedAs([](Delta& delta) { delta.tables[0].name = "x"; }, "table \"x\", which the epoch does not have");
  refusedAs([](Delta& delta) { delta.tables[0].name = "city"; }, "has 16 x bfloat16 there, and 4 x float32");
  CHECK(epoch->snapshot()->sequence() == 0);
  writeBytes(path, bytes);
  REQUIRE(epoch->refresh());
  CHECK(made.agrees(*epoch->snapshot()));
}

TEST_CASE("a compaction makes new tables of what deltas changed", "[embeddings]") {
  for (bool removeDeltas : {false, true}) {
    TestEpoch made;
    const std::shared_ptr<EmbeddingEpoch> old = made.open();
    made.change(10);
    const std::shared_ptr<EmbeddingEpoch> live = made.open();
    made.change(11);
    Expected<Compaction> compaction = compactEpoch(made.path(), removeDeltas);
    CAPTURE(compaction.error().message);
    REQUIRE(compaction);
    CHECK(compaction->sequence == 2);
    CHECK(compaction->deltas == 2);
    CHECK(compaction->tables == std::vector<std::string>{"user"});
    CHECK(fs::exists(made.folder / "city.table"));
    CHECK_FALSE(fs::exists(made.folder / "user.table"));
    CHECK(fs::exists(deltaFile(made.path(), 1)) != removeDeltas);

    const std::shared_ptr<const EmbeddingSnapshot> fresh = made.open()->snapshot();
    CHECK(fresh->sequence() == 2);
    CHECK(fresh->table(1).overlay() == nullptr);
    CHECK(fresh->table(1).table().rows() == made.tables["user"].size());
    CHECK(made.agrees(*fresh));
    // Those who had the old tables go on with them and the next deltas, or with the new ones where deltas are gone.
    CHECK(made.change(12) == 3);
    for (const std::shared_ptr<EmbeddingEpoch>& epoch : {old, live}) {
      REQUIRE(epoch->refresh());
      CHECK(epoch->snapshot()->sequence() == 3);
      CHECK(made.agrees(*epoch->snapshot()));
    }
    Expected<Compaction> again = compactEpoch(made.path(), removeDeltas);
    REQUIRE(again);
    CHECK(again->deltas == 1);
    CHECK(made.agrees(*made.open()->snapshot()));
    CHECK(compactEpoch(made.path(), removeDeltas)->deltas == 0);
  }
}

TEST_CASE("readers see whole sequences while deltas and compactions come", "[embeddings]") {
  TestEpoch made;
  const std::shared_ptr<EmbeddingEpoch> epoch = made.open();
  std::atomic<bool> isOver = false;
  std::atomic<uint64_t> reads = 0;
  std::atomic<uint64_t> backwards = 0;
  std::atomic<uint64_t> failed = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      uint64_t last = 0;
      while (!isOver) {
        if (!epoch->refresh()) ++failed;
        const std::shared_ptr<const EmbeddingSnapshot> snapshot = epoch->snapshot();
        if (snapshot->sequence() < last) ++backwards;
        last = snapshot->sequence();
        std::vector<float> out(16);
        for (uint64_t id = 0; id < 100; ++id) snapshot->table(1).get(uint64_t{1} << 44U | id, out.data());
        ++reads;
      }
    });
  }
  for (uint64_t round = 0; round < 10; ++round) {
    made.change(10 + round);
    if (round % 3 == 2) REQUIRE(compactEpoch(made.path(), true));
  }
  isOver = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(reads > 0);
  CHECK(backwards == 0);
  CHECK(failed == 0);
  REQUIRE(epoch->refresh());
  CHECK(epoch->snapshot()->sequence() == 10);
  CHECK(made.agrees(*epoch->snapshot()));
}

TEST_CASE("a manifest is read as it is written", "[embeddings]") {
  EpochManifest manifest{.epoch = "2026-12-01", .origin = 0xFEDCBA9876543210U, .sequence = 3};
  manifest.tables.push_back({.name = "a.b-c",
                             .file = "a.table",
                             .outputs = {"x", "y\"z"},
                             .dim = 3,
                             .type = RowType::BFloat16,
                             .combiner = Combiner::Mean,
                             .rows = 12,
                             .defaultRow = {0.1F, -1e-38F, 3.4e38F},
                             .checksum = 7});
  manifest.tables.push_back({.name = "b", .file = "b.table", .dim = 1, .defaultRow = {0}});
  const std::string text = manifestText(manifest);
  Expected<EpochManifest> read = parseManifest(text, "m");
  CAPTURE(read.error().message);
  REQUIRE(read);
  CHECK(*read == manifest);

  auto problemOf = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    return parseManifest(changed, "m").error().message;
  };
  CHECK(problemOf("\"featc_embeddings\": 1", "\"featc_embeddings\": 2") ==
        "m: it has another version of the format, and this featc reads version 1");
  CHECK(problemOf("bfloat16", "int8") == "m: table 1: \"dtype\": expected float32 or bfloat16");
  CHECK(problemOf("\"dim\": 3", "\"dim\": 4") ==
        "m: table 1: \"default\": expected 4 numbers, as \"dim\" says, and found 3");
  CHECK(problemOf("a.table", "../a.table") == "m: table 1: \"file\": expected the name of a file beside the manifest");
  CHECK(problemOf("\"b\"", "\"a.b-c\"") == "m: two tables are called \"a.b-c\"");
  CHECK(problemOf("\"outputs\": []", "\"outputs\": [\"x\"]") == "m: output \"x\" has two tables; it can have one");
  CHECK(problemOf("\"origin\": \"fe", "\"origin\": \"xx") == "m: \"origin\": expected 16 hexadecimal digits");
  CHECK(problemOf("\"outputs\": []", "\"outputs\": 3") == "m: table 2: \"outputs\": expected an array");
  CHECK(problemOf("\"outputs\": [],", "") == "m: table 2: \"outputs\": expected an array");
  CHECK(problemOf("\"tables\"", "\"tablets\"") == "m: \"tables\": expected an array");
  for (size_t size = 0; size + 1 < text.size(); ++size) REQUIRE_FALSE(parseManifest(text.substr(0, size), "m"));
}

TEST_CASE("an epoch without its manifest, or with another table, is not opened", "[embeddings]") {
  const TestEpoch made;
  fs::copy_file(made.folder / "city.table", made.folder / "kept");
  buildTable(made.folder / "city.table", someRows(100, 4, 77), RowType::Float32);
  CHECK_THAT(EmbeddingEpoch::open(made.path()).error().message, ContainsSubstring("it is another table than the one"));
  fs::remove(made.folder / "city.table");
  CHECK(EmbeddingEpoch::open(made.path()).error().code == ErrorCode::NoFile);
  fs::rename(made.folder / "kept", made.folder / "city.table");
  CHECK(EmbeddingEpoch::open(made.path()));
  fs::remove(made.folder / "manifest.json");
  CHECK_THAT(EmbeddingEpoch::open(made.path()).error().message,
             ContainsSubstring("an epoch without a manifest was not built to its end"));
}
