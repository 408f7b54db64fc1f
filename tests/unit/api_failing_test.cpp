// SPDX-License-Identifier: Apache-2.0
// Every public call with each of its allocations failing in turn: it fails and says so, or does its work, and the
// next one works. What leaks then, the sanitizers' build finds.
#define FEATC_NO_DEPRECATED  // those functions must go on working
#include <atomic>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include "data/csv/csv_reader.h"
#include "data/formats/tensor_sequence.h"
#include "data/formats/tensor_sequence_view.h"
#include "engine/aot/model.h"
#include "engine/aot/program_image.h"
#include "engine_fixture.h"
#include "featc/live.h"
#include "formats_fixture.h"
#include "ir/text.h"
#include "stores/open_store.h"
#include "tests/common/catch.h"
#include "tests/memory/failing_memory.h"

using namespace featc;
using namespace featc::test;

namespace {

const char* const kSmall =
    "model m\nrequest { u : string }\nitem { x : int64?\n  tags : list<string> }\n"
    "source s(id: int64) { key \"s:{id}\"  n : int64\n  names : list<string> }\nlet row = s(x)\n"
    "dense a default -1 = row.n + 1\nsparse names slot 1 = row.names\nsparse tags slot 2 = cross(u, lower(tags))\n";
const char* const kRows =
    "{\"source\": \"s\", \"id\": 1, \"n\": 5, \"names\": [\"a\", \"b\"]}\n{\"source\": \"s\", \"id\": 2, \"n\": "
    "7}\n{\"source\": \"s\", \"id\": \"bad\"}\n";
const char* const kRequest =
    R"({"request": {"u": "a user with a long name"}, "items": [{"x": 1, "tags": ["ONE", "a tag that is long"]}, {"x": 3, "tags": []}, {"tags": []}]})";

// A session's answer, empty where a call failed.
std::string answerOf(const featc_extractor* extractor) {
  featc_session* session = featc_new_session(extractor);
  if (session == nullptr) return "";
  std::string json;
  if (featc_run_json(session, kRequest, std::strlen(kRequest)) == 0) {
    size_t size = 0;
    const char* text = featc_result_json(session, &size);
    featc_reads reads;
    bool degraded = featc_result_reads(session, 0, &reads) == 0 && reads.degraded != 0;
    try {
      if (text != nullptr && !degraded) json.assign(text, size);
    } catch (const std::bad_alloc&) {
    }
  }
  featc_free_session(session);
  return json;
}

}  // namespace

TEST_CASE("compiling with memory that fails", "[failing]") {
  std::optional<CompiledConfig> config;
  std::string wanted = toText(compileConfig("m.feat", {}, std::string(kSmall)).optimized);
  auto compile = [&] {
    config.reset();
    config.emplace(compileConfig("m.feat", {}, std::string(kSmall)));
  };
  auto check = [&](bool threw) {
    if (!threw) CHECK(toText(config->optimized) == wanted);
    REQUIRE(toText(compileConfig("m.feat", {}, std::string(kSmall)).optimized) == wanted);
  };
  withFailingMemory(compile, check, 199);
}

TEST_CASE("the C interface with memory that fails", "[failing]") {
  TestFolder folder;
  std::string path = folder.write("m.feat", kSmall).string();
  std::string url = "jsonl:" + folder.write("rows.jsonl", kRows).string();
  featc_store store{nullptr, url.c_str()};
  featc_options options{};
  options.engine = FEATC_ENGINE_INTERP;
  options.stores = &store;
  options.store_count = 1;
  char* error = nullptr;
  featc_extractor* good = featc_load(path.c_str(), &options, &error);
  REQUIRE(good != nullptr);
  std::string wanted = answerOf(good);
  REQUIRE(wanted != "");

  SECTION("loading") {
    featc_extractor* made = nullptr;
    auto load = [&] { made = featc_load(path.c_str(), &options, &error); };
    auto check = [&](bool threw) {
      CHECK(!threw);
      // What failed may have been the rows: then they are missing and told.
      if (made != nullptr && std::string(featc_warnings(made)) == featc_warnings(good)) CHECK(answerOf(made) == wanted);
      featc_free_extractor(made);
      featc_free_text(error);
    };
    withFailingMemory(load, check, 211);
  }
  SECTION("running") {
    std::string answer;
    auto run = [&] { answer = answerOf(good); };
    auto check = [&](bool threw) {
      CHECK(!threw);
      CHECK((answer.empty() || answer == wanted));
      CHECK(answerOf(good) == wanted);
    };
    withFailingMemory(run, check);
  }
  SECTION("a session goes on after a call that failed") {
    featc_session* session = featc_new_session(good);
    int failed = 0;
    auto run = [&] { failed = featc_run_json(session, kRequest, std::strlen(kRequest)); };
    auto check = [&](bool threw) {
      CHECK(!threw);
      if (failed != 0) CHECK(featc_result_items(session) == 0);
      REQUIRE(featc_run_json(session, kRequest, std::strlen(kRequest)) == 0);
      CHECK(featc_result_json(session, nullptr) == wanted);
    };
    withFailingMemory(run, check);
    featc_free_session(session);
  }
  featc_free_extractor(good);
}

TEST_CASE("a config that is replaced, with memory that fails", "[failing]") {
  TestFolder folder;
  auto text = [](int n) { return "model m\nitem { x : int64 }\ndense y = x + " + std::to_string(n) + "\n"; };
  std::string path = folder.write("m.feat", text(0)).string();
  featc_options options{};
  options.engine = FEATC_ENGINE_INTERP;
  char* error = nullptr;
  featc_live* live = featc_live_open(path.c_str(), &options, 0, &error);
  REQUIRE(live != nullptr);
  int number = 0;
  featc_reload outcome = FEATC_RELOAD_FAILED;
  SECTION("reloads") {
    auto reload = [&] { outcome = featc_live_reload(live, &error); };
    folder.write("m.feat", text(++number));
    auto check = [&](bool threw) {
      CHECK(!threw);
      featc_free_text(error);
      featc_live_status status;
      featc_live_get_status(live, &status);
      CHECK((status.failing != 0) == (outcome == FEATC_RELOAD_FAILED));
      featc_session* session = featc_live_begin(live);
      REQUIRE(session != nullptr);
      featc_live_end(session);
      // The next one serves.
      folder.write("m.feat", text(++number));
      REQUIRE(featc_live_reload(live, nullptr) == FEATC_RELOAD_SWAPPED);
      folder.write("m.feat", text(++number));
    };
    withFailingMemory(reload, check, 223);
  }
  SECTION("calls and metrics") {
    const char* line = R"({"request": {}, "items": [{"x": 5}]})";
    int ran = 0;
    auto call = [&] {
      featc_session* session = featc_live_begin(live);
      ran = session != nullptr && featc_run_json(session, line, std::strlen(line)) == 0 ? 1 : 0;
      if (session != nullptr) featc_live_end(session);
      char* metrics = featc_metrics_text(live);
      featc_free_text(metrics);
    };
    auto check = [&](bool threw) {
      CHECK(!threw);
      call();
      CHECK(ran == 1);
    };
    withFailingMemory(call, check, 3);
  }
  featc_live_free(live);
}

TEST_CASE("a model that was compiled ahead of time, with memory that fails", "[failing]") {
  CompiledConfig config = compileConfig("m.feat", {}, std::string(kSmall));
  std::string image = writeImage({"x86_64-pc-linux-gnu", "generic", {}}, config.optimized);
  if (!readImage(image)) return;  // another kind of machine
  featc_built built{kBuiltMagic, image.data(), image.size(), nullptr};
  std::shared_ptr<const Model> opened;
  auto open = [&] {
    opened = nullptr;
    opened = *openBuilt(built);
  };
  auto check = [&](bool threw) {
    if (!threw) CHECK(opened != nullptr);
    REQUIRE(openBuilt(built));
  };
  withFailingMemory(open, check, 7);
}

TEST_CASE("readers and writers with memory that fails", "[failing]") {
  CompiledConfig config = compileConfig("m.feat", {}, std::string(kSmall));
  const ProgramInfo& info = config.optimized.info();
  int messages = 0;
  int64_t items = 0;
  std::string text;
  auto sink = [&](const DataMessage&) { ++messages; };
  auto readAll = [&](std::unique_ptr<RecordReader> reader) {
    BatchBuilder builder(info);
    std::vector<InputRow> rows;
    items = 0;
    while (reader->next(builder, rows, 2) == ReadStatus::Batch) items += builder.batch().items;
  };
  SECTION("JSON lines") {
    text = std::string(kRequest) + "\n{\"request\": 5}\n\n" + kRequest + "\n";
    auto read = [&] { readAll(newJsonReader(info, memorySource(text, 100), "input", false, sink)); };
    auto check = [&](bool threw) {
      if (!threw) CHECK(items == 6);
      read();
      CHECK(items == 6);
    };
    withFailingMemory(read, check);
  }
  SECTION("CSV") {
    text = "u,x,tags\na user with a long name,1,ONE|a tag that is long\nb,none,\n\"c\",3,d\n";
    auto read = [&] { readAll(newCsvReader(info, memorySource(text, 20), "input", false, sink)); };
    auto check = [&](bool threw) {
      if (!threw) CHECK(items == 2);
      read();
      CHECK(items == 2);
    };
    withFailingMemory(read, check);
  }
  SECTION("rows of stores") {
    std::shared_ptr<Store> store;
    StoreLoadReport report;
    auto load = [&] {
      report = {};
      store = MemoryStore::parse(kRows, info.sources, report);
    };
    auto check = [&](bool threw) {
      if (!threw) CHECK(report.rows == 2);
      load();
      CHECK(report.rows == 2);
    };
    withFailingMemory(load, check);
  }
  SECTION("tensor sequences") {
    ManyOutputs program;
    std::string wire;
    TensorSequenceEncoder encoder(program.info());
    encoder.encode(program.result(), wire, program.rows());
    std::string packed;
    TensorSequenceCompressor().compress(wire, packed);
    Expected<std::vector<uint64_t>> words = Error();
    bool opened = false;
    auto round = [&] {
      opened = false;
      std::string again;
      TensorSequenceEncoder(program.info()).encode(program.result(), again, program.rows());
      std::string smaller;
      TensorSequenceCompressor().compress(again, smaller);
      words = unpackTensorSequence(smaller);
      opened = words && TensorSequence::open(bytesOf(*words));
    };
    auto check = [&](bool threw) {
      if (!threw) CHECK((opened || words.error()));
      round();
      CHECK(opened);
      CHECK(bytesOf(*words) == wire);
    };
    withFailingMemory(round, check);
  }
}

TEST_CASE("stores are opened and read with memory that fails", "[failing]") {
  CompiledConfig config = compileConfig("m.feat", {}, std::string(kSmall));
  const std::vector<SourceInfo>& sources = config.optimized.info().sources;
  TestFolder folder;
  std::string rows = folder.write("rows.jsonl", kRows).string();
  std::string url = "jsonl:" + rows;
  const std::vector<std::string> keys{"s:1", "s:9"};
  const std::vector<uint32_t> fields{0, 1};
  std::atomic<int> answers = 0;
  FetchResult answer;
  std::shared_ptr<Store> store;
  auto fetch = [&] {
    answers = 0;
    store->ask({&sources[0], keys, fields}, [&](FetchResult result) {
      answer = std::move(result);
      ++answers;
    });
    // A fetch that failed was answered too.
    auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (answers == 0 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  };
  auto isRight = [&] {
    return answers == 1 && answer.status == std::vector{KeyStatus::Found, KeyStatus::Absent} &&
           answer.columns[0].get<int64_t>(0) == 5;
  };
  SECTION("read") {
    store = openStore(url, {}, sources).store;
    REQUIRE(store != nullptr);
    auto check = [&](bool threw) {
      CHECK(answers == (threw ? 0 : 1));
      if (!threw) CHECK((isRight() || answer.status.empty() || answer.status[0] == KeyStatus::Failed));
      fetch();
      CHECK(isRight());
    };
    withFailingMemory(fetch, check);
  }
  SECTION("opened") {
    auto open = [&] {
      store = nullptr;
      store = openStore(url, {}, sources).store;
    };
    auto check = [&](bool) {
      store = openStore(url, {}, sources).store;
      REQUIRE(store != nullptr);
      fetch();
      CHECK(isRight());
      store = nullptr;
    };
    withFailingMemory(open, check, 3);
  }
}
