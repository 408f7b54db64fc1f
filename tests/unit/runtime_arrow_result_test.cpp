// SPDX-License-Identifier: Apache-2.0
// Results as Arrow arrays: types, values, rows that failed, what is shared, and whole streams.
#include <memory>
#include <string>
#include <vector>

#include "arrow_fixture.h"
#include "data/arrow/arrow_batch.h"
#include "data/arrow/arrow_builder.h"
#include "data/arrow/arrow_stream.h"
#include "engine/compile.h"
#include "ir/text.h"
#include "tests/common/catch.h"
#include "values/value.h"

using namespace featc;
using namespace featc::test;

namespace {

Extractor interpreterOf(const Graph& graph) {
  EngineOptions options;
  options.engine = EngineKind::Interp;
  return *makeExtractor(graph, options).extractor;
}

Extractor extractorOf(const std::string& text) {
  CompiledConfig config = compileConfig("test.feat", {}, text);
  INFO(config.diagnosticsText());
  REQUIRE(config.ok());
  return interpreterOf(config.optimized);
}

// One value of an array, read as the specification of the format says.
std::string valueAt(const ArrowSchema& schema, const ArrowArray& array, int64_t at) {
  const std::string format = schema.format;
  at += array.offset;
  const auto* bitmap = static_cast<const uint8_t*>(array.buffers[0]);
  if (bitmap != nullptr && !bitAt(bitmap, static_cast<uint64_t>(at))) return "null";
  if (format == "L")
    return std::to_string(static_cast<const uint64_t*>(array.buffers[1])[at] & ((uint64_t{1} << 44U) - 1));
  if (format == "f") return formatFloat(static_cast<const float*>(array.buffers[1])[at]);
  if (format == "u") {
    const auto* offsets = static_cast<const int32_t*>(array.buffers[1]);
    return {static_cast<const char*>(array.buffers[2]) + offsets[at],
            static_cast<const char*>(array.buffers[2]) + offsets[at + 1]};
  }
  std::string text;
  auto add = [&](const ArrowSchema& child, const ArrowArray& from, int64_t i) {
    text += (text.empty() ? "" : ", ") + valueAt(child, from, i);
  };
  if (format == "+s") {
    for (int64_t c = 0; c < array.n_children; ++c) add(*schema.children[c], *array.children[c], at);
    return "(" + text + ")";
  }
  const bool isFixed = format[1] == 'w';
  const int64_t width = isFixed ? std::stoll(format.substr(3)) : 0;
  const auto* offsets = isFixed ? nullptr : static_cast<const int32_t*>(array.buffers[1]);
  const int64_t end = isFixed ? (at + 1) * width : offsets[at + 1];
  for (int64_t i = isFixed ? at * width : offsets[at]; i < end; ++i) add(*schema.children[0], *array.children[0], i);
  return "[" + text + "]";
}

std::string formatOf(const ArrowSchema& schema) {
  std::string text = schema.format;
  for (int64_t i = 0; i < schema.n_children; ++i) text += (i == 0 ? "(" : " ") + formatOf(*schema.children[i]);
  return schema.n_children > 0 ? text + ")" : text;
}

struct Exported {
  std::shared_ptr<Result> result = std::make_shared<Result>();
  ArrowOwner<ArrowSchema> schema;
  ArrowOwner<ArrowArray> array;

  Exported(const Extractor& extractor, HandArray rows, ArrowExport options = {}) {
    ArrowBinding binding(extractor.info(), *rows.schema.get());
    REQUIRE(binding.error() == "");
    ArrowBatch batch(binding, std::move(rows.array));
    REQUIRE(batch.error() == "");
    ArrowSlice slice;
    Scratch scratch(extractor);
    REQUIRE(extractor.run(batch.slice(0, batch.requests(), slice), scratch, *result).message == "");
    exportArrowSchema(extractor.info(), options, schema.get());
    REQUIRE(exportArrowResult(extractor.info(), options, result, array.get()) == "");
  }
  // A column's values side by side, ids as payloads.
  std::string column(int64_t i) const {
    std::string text;
    for (int64_t row = 0; row < array->length; ++row)
      text += (row == 0 ? "" : " ") + valueAt(*schema->children[i], *array->children[i], row);
    return text;
  }
};

constexpr const char* kConfig = R"(model m
request { user : int64 }
item { x : int64?  tags : list<int64>  w : map<int64, float64>? }
sparse user slot 1 = user
sparse x slot 2 = x
sparse tags slot 3 = tags
sparse w slot 4 = w
sequence last slot 5 length 2 = tags
dense one = user
dense two width 2 = [x, user]
)";

HandArray rowsOf(bool missingUser = false) {
  HandArray users = numberArray<int64_t>("l", {1, 2, 3});
  if (missingUser) users = std::move(users).nulls({0b101});
  return table(std::move(users).named("user"), numberArray<int64_t>("l", {7, 0, 9}).nulls({0b101}).named("x"),
               listArray<int32_t>("+l", {0, 3, 3, 4}, numberArray<int64_t>("l", {4, 5, 6, 7})).named("tags"),
               mapArray({0, 1, 3, 3}, numberArray<int64_t>("l", {10, 11, 12}), numberArray<double>("g", {0.5, 1, 2}))
                   .named("w"));
}

}  // namespace

TEST_CASE("outputs have the Arrow types that docs/arrow.md names", "[arrow]") {
  Exported out(extractorOf(kConfig), rowsOf());
  CHECK(formatOf(*out.schema.get()) == "+s(L L +l(L) +l(+s(L f)) +l(L) f +w:2(f))");
  CHECK(std::string(out.schema->children[1]->name) == "x");
  Exported lists(extractorOf(kConfig), rowsOf(), {.idLists = true});
  CHECK(formatOf(*lists.schema.get()) == "+s(+l(L) +l(L) +l(L) +l(+s(L f)) +l(L) f +w:2(f))");
}

TEST_CASE("values of every kind of output", "[arrow]") {
  Exported out(extractorOf(kConfig), rowsOf());
  REQUIRE(out.array->length == 3);
  CHECK(out.column(0) == "1 2 3");
  CHECK(out.array->children[0]->buffers[0] == nullptr);
  CHECK(out.column(1) == "7 null 9");
  CHECK(out.array->children[1]->null_count == 1);
  CHECK(out.column(2) == "[4, 5, 6] [] [7]");
  CHECK(out.column(3) == "[(10, 0.5)] [(11, 1), (12, 2)] []");
  CHECK(out.column(4) == "[4, 5] [] [7]");
  CHECK(out.column(5) == "1 2 3");
  CHECK(out.column(6) == "[7, 1] [0, 2] [9, 3]");
  Exported lists(extractorOf(kConfig), rowsOf(), {.idLists = true});
  CHECK(lists.column(0) == "[1] [2] [3]");
  CHECK(lists.column(1) == "[7] [] [9]");
  CHECK(lists.column(4) == out.column(4));
}

TEST_CASE("the bits of many rows with and without an id", "[arrow]") {
  std::vector<int64_t> values(21);
  std::vector<uint8_t> present(3);
  std::string expected;
  for (int64_t i = 0; i < 21; ++i) {
    const bool has = i % 3 != 1;
    values[static_cast<size_t>(i)] = i + 1;
    setBit(present.data(), static_cast<uint64_t>(i), has);
    expected += (i == 0 ? "" : " ") + (has ? std::to_string(i + 1) : "null");
  }
  Exported out(extractorOf("model m\nitem { x : int64? }\nsparse x slot 1 = x\n"),
               table(numberArray<int64_t>("l", values).nulls(present).named("x")));
  CHECK(out.column(0) == expected);
  CHECK(out.array->children[0]->null_count == 7);
}

TEST_CASE("a failed row is null in every column, or left out", "[arrow]") {
  Extractor extractor = extractorOf(kConfig);
  Exported null(extractor, rowsOf(true), {.withStatus = true});
  CHECK(null.column(0) == "1 null 3");
  CHECK(Exported(extractor, rowsOf(true), {.idLists = true}).column(0) == "[1] null [3]");
  CHECK(null.column(2) == "[4, 5, 6] null [7]");
  CHECK(null.column(3) == "[(10, 0.5)] null []");
  CHECK(null.column(5) == "1 null 3");
  CHECK(null.column(6) == "[7, 1] null [9, 3]");
  CHECK(null.column(7) == "ok bad_input ok");
  CHECK(null.array->children[0]->null_count == 1);

  Exported leftOut(extractor, rowsOf(true), {.leaveOutFailed = true});
  REQUIRE(leftOut.array->length == 2);
  CHECK(leftOut.column(0) == "1 3");
  CHECK(leftOut.column(2) == "[4, 5, 6] [7]");
  CHECK(leftOut.column(6) == "[7, 1] [9, 3]");
}

TEST_CASE("outputs of a sequence group are lists of what an element has", "[arrow]") {
  Expected<Graph> graph = parseGraph(R"(semantics 1
model m
hash_family xxh3
schema item.one : list<int64>?
schema item.number : list<float64>
schema item.many : list<list<int64>>?
%0 = input item.one : list<int64>?
%1 = input item.number : list<float64>
%2 = input item.many : list<list<int64>>?
output sparse r__one group r slot 1 length 3 %0
output dense r__number group r length 2 default -1 %1
output dense r__wide group r length 2 width 2 default -1 %1
output sparse r__many group r slot 2 length 2 %2
)");
  INFO(graph.error().message);
  REQUIRE(graph);
  Extractor extractor = interpreterOf(*graph);
  auto rows = [](bool withBadRow) {
    HandArray numbers = listArray<int32_t>("+l", {0, 3, 3, 4}, numberArray<double>("g", {0.5, 1, 2, 4}));
    if (withBadRow) numbers = std::move(numbers).nulls({0b110});
    HandArray inner = listArray<int32_t>("+l", {0, 2, 2, 3}, numberArray<int64_t>("l", {1, 2, 3}));
    return table(listArray<int32_t>("+l", {0, 4, 4, 6}, numberArray<int64_t>("l", {5, 0, 6, 8, 9, 4}).nulls({0b111101}))
                     .named("one"),
                 std::move(numbers).named("number"),
                 listArray<int32_t>("+l", {0, 2, 2, 3}, std::move(inner)).named("many"));
  };
  Exported out(extractor, rows(false));
  CHECK(formatOf(*out.schema.get()) == "+s(+l(L) +l(f) +l(+w:2(f)) +l(+l(L)))");
  CHECK(out.column(0) == "[5, 0, 6] [] [9, 4]");
  CHECK(out.column(1) == "[0.5, 1] [] [4]");
  CHECK(out.column(2) == "[[0.5, -1], [1, -1]] [] [[4, -1]]");
  CHECK(out.column(3) == "[[1, 2], []] [] [[3]]");

  Exported bad(extractor, rows(true));
  CHECK(bad.column(0) == "null [] [9, 4]");
  CHECK(bad.column(1) == "null [] [4]");
  CHECK(bad.column(2) == "null [] [[4, -1]]");
  CHECK(bad.column(3) == "null [] [[3]]");
}

TEST_CASE("request features repeat for the items of a request", "[arrow]") {
  Extractor extractor = extractorOf(
      "model m\nrequest { user : int64 }\nitem { x : int64 }\nsparse user slot 1 = user\nsparse x slot 2 = x\n");
  std::vector<HandArray> fields;
  fields.push_back(numberArray<int64_t>("l", {7, 8, 9}).named("x"));
  Exported out(extractor,
               table(numberArray<int64_t>("l", {1, 2, 3}).named("user"),
                     listArray<int32_t>("+l", {0, 2, 2, 3}, structArray(3, std::move(fields))).named("items")));
  CHECK(out.column(0) == "1 1 3");
  CHECK(out.column(1) == "7 8 9");
}

TEST_CASE("large lists share the result's offsets", "[arrow]") {
  Exported out(extractorOf(kConfig), rowsOf(), {.largeLists = true, .idLists = true});
  Exported small(extractorOf(kConfig), rowsOf(), {.idLists = true});
  CHECK(std::string_view(out.schema->children[2]->format) == "+L");
  CHECK(out.array->children[2]->buffers[1] == out.result->output(2).offsets.data());
  CHECK(out.array->children[3]->buffers[1] == out.result->output(3).offsets.data());
  // Of one id a row there are no offsets, so they are made.
  const auto* made = static_cast<const int64_t*>(out.array->children[0]->buffers[1]);
  CHECK(std::vector<int64_t>(made, made + 4) == std::vector<int64_t>{0, 1, 2, 3});
  const int64_t columns = out.schema->n_children;
  for (int64_t c = 0; c < columns; ++c) {
    INFO(out.schema->children[c]->name);
    if (out.schema->children[c]->format[0] != '+' || out.schema->children[c]->format[1] == 'w') continue;
    const auto* large = static_cast<const int64_t*>(out.array->children[c]->buffers[1]);
    const auto* narrow = static_cast<const int32_t*>(small.array->children[c]->buffers[1]);
    CHECK(std::equal(narrow, narrow + out.array->length + 1, large));
  }
}

TEST_CASE("what a result holds is shared, and lives as long as any child of the array", "[arrow]") {
  Exported out(extractorOf(kConfig), rowsOf());
  CHECK(out.array->children[0]->buffers[1] == out.result->output(0).ids.data());
  CHECK(out.array->children[1]->buffers[1] == out.result->output(1).ids.data());
  CHECK(out.array->children[2]->children[0]->buffers[1] == out.result->output(2).ids.data());
  CHECK(out.array->children[3]->children[0]->children[1]->buffers[1] == out.result->output(3).weights.data());
  CHECK(out.array->children[5]->buffers[1] == out.result->output(5).dense.data());
  // x is missing in one row, so the ids of its lists are gathered.
  Exported lists(extractorOf(kConfig), rowsOf(), {.idLists = true});
  CHECK(lists.array->children[0]->children[0]->buffers[1] == lists.result->output(0).ids.data());
  CHECK(lists.array->children[1]->children[0]->buffers[1] != lists.result->output(1).ids.data());

  std::weak_ptr<Result> result = out.result;
  ArrowOwner<ArrowArray> tags(out.array->children[2]);
  out.array = ArrowOwner<ArrowArray>();
  out.result.reset();
  CHECK_FALSE(result.expired());
  CHECK(valueAt(*out.schema->children[2], *tags.get(), 0) == "[4, 5, 6]");
  tags = ArrowOwner<ArrowArray>();
  CHECK(result.expired());
}

namespace {

// A stream of batches of one int64 column `x`, counting up; it fails after `good` batches where that is set.
struct CountingStream {
  std::vector<int64_t> sizes;
  size_t given = 0;
  size_t good = SIZE_MAX;
  int64_t next = 0;
  static inline int released = 0;

  static ArrowArrayStream make(std::vector<int64_t> sizes, size_t good = SIZE_MAX) {
    ArrowArrayStream stream{};
    stream.get_schema = [](ArrowArrayStream*, ArrowSchema* out) {
      makeArrowSchema(out, "+s", "", 1);
      makeArrowSchema(out->children[0], "l", "x");
      return 0;
    };
    stream.get_next = [](ArrowArrayStream* s, ArrowArray* out) {
      auto& self = *static_cast<CountingStream*>(s->private_data);
      out->release = nullptr;
      if (self.given == self.good) return 5;
      if (self.given == self.sizes.size()) return 0;
      // What is handed out outlives this call, and the stream: its release callbacks own all of it.
      int64_t size = self.sizes[self.given++];
      auto values = std::make_shared<std::vector<int64_t>>(static_cast<size_t>(size + 1));
      for (int64_t i = 0; i < size; ++i) (*values)[static_cast<size_t>(i)] = self.next++;
      makeArrowArray(out, size, 0, {nullptr}, nullptr, 1);
      makeArrowArray(out->children[0], size, 0, {nullptr, values->data()}, values);
      return 0;
    };
    stream.get_last_error = [](ArrowArrayStream*) { return "the disk is gone"; };
    stream.release = [](ArrowArrayStream* s) {
      delete static_cast<CountingStream*>(s->private_data);
      s->release = nullptr;
      ++released;
    };
    auto* self = new CountingStream;
    self->sizes = std::move(sizes);
    self->good = good;
    stream.private_data = self;
    return stream;
  }
};

constexpr const char* kCounting = "model m\nitem { x : int64 }\nsparse x slot 1 = x + 1\n";

}  // namespace

TEST_CASE("a stream comes out in order from many threads", "[arrow]") {
  Extractor extractor = extractorOf(kCounting);
  for (uint32_t threads : {1U, 4U}) {
    ArrowArrayStream in = CountingStream::make({1, 0, 1000, 7, 333, 64});
    ArrowOwner<ArrowArrayStream> out;
    ArrowStreamOptions options;
    options.threads = threads;
    options.pieceRows = 64;
    auto report = std::make_shared<ArrowStreamReport>();
    REQUIRE(extractArrowStream(extractor, &in, options, out.get(), report) == "");
    ArrowOwner<ArrowSchema> schema;
    REQUIRE(out->get_schema(out.get(), schema.get()) == 0);
    int64_t rows = 0;
    int pieces = 0;
    for (;; ++pieces) {
      ArrowOwner<ArrowArray> array;
      REQUIRE(out->get_next(out.get(), array.get()) == 0);
      if (array.isReleased()) break;
      for (int64_t i = 0; i < array->length; ++i)
        REQUIRE(valueAt(*schema->children[0], *array->children[0], i) == std::to_string(++rows));
    }
    CHECK(rows == 1405);
    CHECK(pieces == 1 + 16 + 1 + 6 + 1);
    CHECK(report->totals.written == 1405);
    ArrowOwner<ArrowArray> after;
    CHECK(out->get_next(out.get(), after.get()) == 0);
    CHECK(after.isReleased());
  }
}

TEST_CASE("a stream's mistakes come after what was good, and it may be left early", "[arrow]") {
  Extractor extractor = extractorOf(kCounting);
  CountingStream::released = 0;
  ArrowStreamOptions options;
  options.pieceRows = 64;
  options.threads = 3;
  SECTION("the input fails") {
    ArrowArrayStream in = CountingStream::make({64, 64, 64}, 2);
    ArrowOwner<ArrowArrayStream> out;
    REQUIRE(extractArrowStream(extractor, &in, options, out.get()) == "");
    int good = 0;
    ArrowOwner<ArrowArray> array;
    while (out->get_next(out.get(), array.get()) == 0) {
      array = ArrowOwner<ArrowArray>();
      REQUIRE(++good <= 2);
    }
    CHECK(good == 2);
    CHECK(std::string(out->get_last_error(out.get())) == "the input cannot be read: the disk is gone");
  }
  SECTION("the columns do not fit") {
    ArrowArrayStream in = CountingStream::make({64});
    ArrowOwner<ArrowArrayStream> out;
    Extractor other = extractorOf("model m\nitem { y : int64 }\nsparse y slot 1 = y\n");
    CHECK(extractArrowStream(other, &in, options, out.get()) ==
          "no column for item.y, which every row must have; no field is declared for the column \"x\"");
    CHECK(out.isReleased());
  }
  SECTION("left early") {
    ArrowArrayStream in = CountingStream::make(std::vector<int64_t>(100, 64));
    ArrowOwner<ArrowArrayStream> out;
    REQUIRE(extractArrowStream(extractor, &in, options, out.get()) == "");
    ArrowOwner<ArrowArray> array;
    REQUIRE(out->get_next(out.get(), array.get()) == 0);
  }
  CHECK(CountingStream::released == 1);
}
