// SPDX-License-Identifier: Apache-2.0
// Arrow in and out of the C interface: the features that JSON gives, rows that fail, who releases what and when.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arrow_fixture.h"
#include "data/arrow/arrow_stream.h"
#include "engine/open_config.h"
#include "engine_fixture.h"
#include "featc/featc.h"
#include "tests/common/catch.h"
#include "tests/memory/allocation_count.h"

using namespace featc;
using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const char* const kShops =
    "model shops\nrequest { city : string }\nitem { shop : int64\n tags : list<string>\n price : float64? }\n"
    "sparse shop slot 1 = shop\nsparse tags slot 2 = tags\nsparse near slot 3 = cross(city, shop)\n"
    "dense price default -1 = price\ndense pair width 2 = [float(shop), price ?? 0]\n";

struct Opened {
  TestFolder folder;
  std::string path = folder.write("shops.feat", kShops).string();
  featc_extractor* extractor = nullptr;
  featc_session* session = nullptr;

  Opened() {
    featc_open_options options{};
    options.size = sizeof options;
    featc_seda_options seda{};
    seda.size = sizeof seda;
    options.seda = &seda;
    char* error = nullptr;
    featc_failure failure = featc_open_config(path.c_str(), &options, &extractor, &error);
    INFO((error == nullptr ? "" : error));
    REQUIRE(failure == FEATC_FINE);
    session = featc_new_session(extractor);
  }
  ~Opened() {
    featc_free_session(session);
    featc_free_extractor(extractor);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
};

HandArray flatRows() {
  return table(strings({"Rome", "Rome", "Oslo"}).named("city"), numberArray<int64_t>("l", {7, 8, 9}).named("shop"),
               listArray<int32_t>("+l", {0, 2, 2, 3}, strings({"a", "b", "c"})).named("tags"),
               numberArray<double>("g", {1.5, 0, 2}).nulls({0b101}).named("price"));
}

const char* const kFlatJson =
    R"({"request": {"city": "Rome"}, "items": [{"shop": 7, "tags": ["a", "b"], "price": 1.5}]})"
    "\n"
    R"({"request": {"city": "Rome"}, "items": [{"shop": 8, "tags": []}]})"
    "\n"
    R"({"request": {"city": "Oslo"}, "items": [{"shop": 9, "tags": ["c"], "price": 2}]})"
    "\n";

// Rome with two shops, Oslo with one.
HandArray nestedRows() {
  std::vector<HandArray> fields;
  fields.push_back(numberArray<int64_t>("l", {7, 8, 9}).named("shop"));
  fields.push_back(listArray<int32_t>("+l", {0, 2, 2, 3}, strings({"a", "b", "c"})).named("tags"));
  fields.push_back(numberArray<double>("g", {1.5, 0, 2}).nulls({0b101}).named("price"));
  return table(strings({"Rome", "Oslo"}).named("city"),
               listArray<int32_t>("+l", {0, 2, 3}, structArray(3, std::move(fields))).named("items"));
}

// Counts how often the release of an array was called.
int released = 0;
void (*releaseBefore)(ArrowArray*) = nullptr;
void countRelease(ArrowArray* array) {
  ++released;
  array->release = releaseBefore;
  array->release(array);
}
void watch(ArrowArray* array) {
  released = 0;
  releaseBefore = array->release;
  array->release = countRelease;
}

std::string jsonOf(featc_session* session) {
  const char* json = featc_result_json(session, nullptr);
  return json == nullptr ? "none" : json;
}

// Whether two arrays have the same values where they are valid: those that this test exports.
bool equalArrays(const ArrowSchema& schema, const ArrowArray& a, const ArrowArray& b) {
  if (a.length != b.length || a.null_count != b.null_count || a.n_children != b.n_children) return false;
  const std::string format = schema.format;
  auto same = [&](size_t bytes) { return bytes == 0 || std::memcmp(a.buffers[1], b.buffers[1], bytes) == 0; };
  const auto n = static_cast<size_t>(a.length);
  if (format == "+l" && !same((n + 1) * 4)) return false;
  if (format == "L" && !same(n * 8)) return false;
  if (format == "f" && !same(n * 4)) return false;
  for (int64_t i = 0; i < a.n_children; ++i)
    if (!equalArrays(*schema.children[i], *a.children[i], *b.children[i])) return false;
  return true;
}

// One record batch as a stream.
struct OneBatch {
  HandArray* rows;
  bool done = false;

  static OneBatch& of(ArrowArrayStream* stream) { return *static_cast<OneBatch*>(stream->private_data); }
  void open(ArrowArrayStream* out) {
    *out = {[](ArrowArrayStream* s, ArrowSchema* schema) { return of(s).rows->schema.moveTo(schema), 0; },
            [](ArrowArrayStream* s, ArrowArray* array) {
              *array = {};
              if (!std::exchange(of(s).done, true)) of(s).rows->array.moveTo(array);
              return 0;
            },
            [](ArrowArrayStream*) -> const char* { return nullptr; }, [](ArrowArrayStream* s) { s->release = nullptr; },
            this};
  }
};

}  // namespace

TEST_CASE("from C Arrow rows give what the same rows give as JSON, flat and nested, in every scheduler") {
  Opened opened;
  featc_session* session = opened.session;
  REQUIRE(featc_run_json(session, kFlatJson, std::strlen(kFlatJson)) == FEATC_FINE);
  const std::string flat = jsonOf(session);
  const std::string nestedText =
      R"({"request": {"city": "Rome"}, "items": [{"shop": 7, "tags": ["a", "b"], "price": 1.5}, {"shop": 8, "tags": []}]})"
      "\n"
      R"({"request": {"city": "Oslo"}, "items": [{"shop": 9, "tags": ["c"], "price": 2}]})"
      "\n";
  REQUIRE(featc_run_json(session, nestedText.data(), nestedText.size()) == FEATC_FINE);
  const std::string nested = jsonOf(session);
  CHECK(flat != nested);
  for (featc_scheduler scheduler : {FEATC_SCHEDULER_STAGED, FEATC_SCHEDULER_PIPELINED, FEATC_SCHEDULER_SEDA}) {
    featc_call_options options{};
    options.scheduler = scheduler;
    featc_set_call_options(session, &options);
    HandArray rows = flatRows();
    watch(rows.array.get());
    REQUIRE(featc_run_arrow(session, rows.schema.get(), rows.array.get()) == FEATC_FINE);
    CHECK(released == 1);
    CHECK(rows.array.isReleased());
    CHECK_FALSE(rows.schema.isReleased());
    CHECK(std::string(featc_message(session)).empty());
    CHECK(jsonOf(session) == flat);
    HandArray requests = nestedRows();
    REQUIRE(featc_run_arrow(session, requests.schema.get(), requests.array.get()) == FEATC_FINE);
    CHECK(featc_result_requests(session) == 2);
    CHECK(jsonOf(session) == nested);
  }
  HandArray rows = flatRows();
  REQUIRE(featc_submit_arrow(session, rows.schema.get(), rows.array.get(), nullptr, nullptr) == FEATC_FINE);
  REQUIRE(featc_wait(session) == FEATC_FINE);
  CHECK(rows.array.isReleased());
  CHECK(jsonOf(session) == flat);
}

TEST_CASE("from C the features as Arrow are those of a stream, and stay when all else is gone") {
  auto opened = std::make_unique<Opened>();
  HandArray rows = flatRows();
  REQUIRE(featc_run_arrow(opened->session, rows.schema.get(), rows.array.get()) == FEATC_FINE);
  ArrowOwner<ArrowSchema> schema;
  ArrowOwner<ArrowArray> features;
  REQUIRE(featc_arrow_schema(opened->extractor, nullptr, schema.get()) == FEATC_FINE);
  REQUIRE(featc_result_arrow(opened->session, nullptr, features.get()) == FEATC_FINE);
  // Twice, and the session goes on with another result.
  ArrowOwner<ArrowArray> again;
  REQUIRE(featc_result_arrow(opened->session, nullptr, again.get()) == FEATC_FINE);
  const void* ids = features->children[1]->children[0]->buffers[1];
  CHECK(ids == again->children[1]->children[0]->buffers[1]);
  HandArray other = nestedRows();
  REQUIRE(featc_run_arrow(opened->session, other.schema.get(), other.array.get()) == FEATC_FINE);
  CHECK(featc_result_requests(opened->session) == 2);

  Expected<OpenedConfig> config = openConfig(opened->path);
  REQUIRE(config);
  opened.reset();
  HandArray input = flatRows();
  OneBatch batch{&input};
  ArrowArrayStream in;
  batch.open(&in);
  ArrowOwner<ArrowArrayStream> out;
  REQUIRE(extractArrowStream(*config->extractor, &in, {}, out.get()) == "");
  ArrowOwner<ArrowSchema> streamSchema;
  ArrowOwner<ArrowArray> expected;
  REQUIRE(out->get_schema(out.get(), streamSchema.get()) == 0);
  REQUIRE(out->get_next(out.get(), expected.get()) == 0);
  REQUIRE(streamSchema->n_children == schema->n_children);
  for (int64_t i = 0; i < schema->n_children; ++i) {
    CHECK(std::string(schema->children[i]->name) == streamSchema->children[i]->name);
    CHECK(std::string(schema->children[i]->format) == streamSchema->children[i]->format);
  }
  CHECK(features->length == 3);
  CHECK(equalArrays(*schema.get(), *features.get(), *expected.get()));
  CHECK(equalArrays(*schema.get(), *again.get(), *expected.get()));
}

TEST_CASE("from C rows are released once, whatever memory fails", "[failing]") {
  Opened opened;
  featc_session* session = opened.session;
  for (uint64_t spared = 0, failed = 1; failed != 0; ++spared) {
    REQUIRE(featc_run_json(session, kFlatJson, std::strlen(kFlatJson)) == FEATC_FINE);
    // While it lives the next call needs another result.
    ArrowOwner<ArrowArray> kept;
    REQUIRE(featc_result_arrow(session, nullptr, kept.get()) == FEATC_FINE);
    HandArray rows = flatRows();
    watch(rows.array.get());
    failAllocations(spared, UINT64_MAX);
    const featc_failure failure = featc_run_arrow(session, rows.schema.get(), rows.array.get());
    failed = stopFailing() ? 1 : 0;
    INFO("allocation " << spared);
    CHECK(released == 1);
    CHECK(rows.array.isReleased());
    CHECK((failure == FEATC_FINE || failure == FEATC_NO_MEMORY));
    if (failed == 0) CHECK(failure == FEATC_FINE);
  }
}

TEST_CASE("from C rows that fail are null, left out or named, and what does not fit is told") {
  Opened opened;
  featc_session* session = opened.session;
  // The second row has no tags, which the config requires.
  auto rowsOf = [] {
    return table(strings({"Rome", "Rome", "Oslo"}).named("city"), numberArray<int64_t>("l", {7, 8, 9}).named("shop"),
                 listArray<int32_t>("+l", {0, 2, 2, 3}, strings({"a", "b", "c"})).nulls({0b101}).named("tags"),
                 strings({"x", "y", "z"}).named("color"));
  };
  HandArray rows = rowsOf();
  REQUIRE(featc_run_arrow(session, rows.schema.get(), rows.array.get()) == FEATC_FINE);
  CHECK_THAT(featc_message(session), ContainsSubstring("color") && ContainsSubstring("price"));
  CHECK(featc_result_status(session, 0) == FEATC_OK);
  CHECK(featc_result_status(session, 1) == FEATC_BAD_INPUT);
  featc_arrow_options options{};
  options.size = sizeof options;
  options.with_status = 1;
  ArrowOwner<ArrowArray> features;
  REQUIRE(featc_result_arrow(session, &options, features.get()) == FEATC_FINE);
  REQUIRE(features->n_children == 6);
  // What the call had to say is still there.
  CHECK_THAT(featc_message(session), ContainsSubstring("color"));
  CHECK(features->length == 3);
  CHECK(features->children[0]->null_count == 1);
  const ArrowArray& status = *features->children[5];
  CHECK(std::string(static_cast<const char*>(status.buffers[2]), 13) == "okbad_inputok");
  options.leave_out_failed = 1;
  options.large_lists = 1;
  ArrowOwner<ArrowSchema> schema;
  REQUIRE(featc_arrow_schema(opened.extractor, &options, schema.get()) == FEATC_FINE);
  CHECK(std::string(schema->children[1]->format) == "+L");
  CHECK(std::string(schema->children[5]->name) == "row_status");
  ArrowOwner<ArrowArray> left;
  REQUIRE(featc_result_arrow(session, &options, left.get()) == FEATC_FINE);
  CHECK(left->length == 2);

  options.size = 1;
  ArrowOwner<ArrowArray> none;
  CHECK(featc_result_arrow(session, &options, none.get()) == FEATC_BAD_ARGUMENT);
  CHECK(none.isReleased());
  ArrowOwner<ArrowSchema> noSchema;
  CHECK(featc_arrow_schema(opened.extractor, &options, noSchema.get()) == FEATC_BAD_ARGUMENT);
  CHECK(noSchema.isReleased());

  auto refused = [&](HandArray bad, featc_failure expected, const std::string& text) {
    CHECK(featc_run_arrow(session, bad.schema.get(), bad.array.get()) == expected);
    CHECK_THAT(featc_message(session), ContainsSubstring(text));
    CHECK(bad.array.isReleased());
    CHECK(featc_result_arrow(session, nullptr, none.get()) == FEATC_BAD_ARGUMENT);
    CHECK_THAT(featc_message(session), ContainsSubstring("there is no result"));
  };
  refused(table(strings({"Rome"}).named("city")), FEATC_BAD_BATCH, "shop");
  refused(table(strings({"Rome"}).named("city"), strings({"7"}).named("shop"),
                listArray<int32_t>("+l", {0, 0}, strings({})).named("tags")),
          FEATC_BAD_BATCH, "shop");
  refused(table(strings({"Rome"}).named("city"), numberArray<int64_t>("l", {7}).named("shop"),
                listArray<int32_t>("+l", {2, 0}, strings({"a"})).named("tags")),
          FEATC_BAD_BATCH, "tags");
  HandArray whole = flatRows();
  CHECK(featc_run_arrow(session, nullptr, whole.array.get()) == FEATC_BAD_ARGUMENT);
  CHECK(whole.array.isReleased());
  CHECK(featc_run_arrow(session, whole.schema.get(), whole.array.get()) == FEATC_BAD_ARGUMENT);
  CHECK(featc_run_arrow(session, whole.schema.get(), nullptr) == FEATC_BAD_ARGUMENT);
  // A call that fails leaves the session as good as new.
  HandArray last = flatRows();
  CHECK(featc_run_arrow(session, last.schema.get(), last.array.get()) == FEATC_FINE);
}
