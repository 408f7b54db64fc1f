// SPDX-License-Identifier: Apache-2.0
// The takeaway example online, in automatic batches and offline: the same features for each item, to the bit.
#include <simdjson.h>

#include <set>

#include "data/log/read_recorder.h"
#include "data/log/replay.h"
#include "data/log/request_log.h"
#include "tests/common/catch.h"
#include "tests/unit/engine_fixture.h"

using namespace featc;
using namespace featc::test;

namespace {

namespace dom = simdjson::dom;

const std::string kFolder = FEATC_SOURCE_DIR "/examples/takeaway";

std::shared_ptr<Store> profiles(const ProgramInfo& info) {
  StoreLoadReport report;
  std::shared_ptr<Store> store = MemoryStore::load(kFolder + "/profiles.jsonl", info.sources, report);
  if (store == nullptr) throw std::runtime_error(report.error);
  return store;
}

std::shared_ptr<const Extractor> takeaway(bool recording = false) {
  CompiledConfig config = compileConfig(kFolder + "/takeaway.feat");
  if (!config.ok()) throw std::runtime_error(config.diagnosticsText());
  EngineOptions options;
  options.stores.fallback = profiles(config.optimized.info());
  if (recording) options.stores = recordingStores(options.stores, config.optimized.info().sources);
  return makeExtractor(config.optimized, options).extractor;
}

// All items' features as JSON lines, `perCall` requests or rows a call, numbered alike whatever the input.
std::string featuresOf(const Extractor& extractor, RecordReader& reader, int64_t perCall) {
  BatchBuilder builder(extractor.info());
  Scratch scratch(extractor);
  Result result;
  std::vector<InputRow> rows;
  std::unique_ptr<ResultWriter> writer = newJsonWriter(extractor.info());
  std::string out;
  uint64_t row = 0;
  while (reader.next(builder, rows, perCall) == ReadStatus::Batch) {
    if (Error error = extractor.run(builder.batch(), scratch, result)) throw std::runtime_error(error.message);
    for (InputRow& at : rows) at = {row++, 0, 0, 0};
    writer->write(result, rows, out);
  }
  return out;
}

// The first line that differs, of both; empty: all are the same.
std::string firstDifference(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    std::string_view left = a.substr(0, a.find('\n'));
    std::string_view right = b.substr(0, b.find('\n'));
    if (left != right) return std::string(left) + "\n" + std::string(right);
    a.remove_prefix(std::min(a.size(), left.size() + 1));
    b.remove_prefix(std::min(b.size(), right.size() + 1));
  }
  return "";
}

std::unique_ptr<RecordReader> jsonReader(const ProgramInfo& info, const std::string& text) {
  return newJsonReader(info, memorySource(text), "requests", true, [](const DataMessage&) {});
}

// Gives as many requests a call as asked for, however many items they have.
class RequestsPerCall final : public RecordReader {
 public:
  RequestsPerCall(const ProgramInfo& info, const std::string& text, size_t perCall)
      : RecordReader("requests", true, [](const DataMessage&) {}), info_(info) {
    size_t requests = 0;
    bool atStart = true;
    for (char c : text) {
      if (atStart && requests % perCall == 0) calls_.emplace_back();
      calls_.back() += c;
      atStart = c == '\n';
      requests += atStart ? 1 : 0;
    }
  }
  ReadStatus next(BatchBuilder& builder, std::vector<InputRow>& rows, int64_t) override {
    if (at_ == calls_.size()) return ReadStatus::End;
    return jsonReader(info_, calls_[at_++])->next(builder, rows, INT64_MAX);
  }
  size_t calls() const { return calls_.size(); }

 private:
  const ProgramInfo& info_;
  std::vector<std::string> calls_;
  size_t at_ = 0;
};

// Each item as a request of its own, with its request's fields.
std::string flattened(const std::string& text) {
  std::string out;
  dom::parser parser;
  dom::document_stream lines;
  if (parser.parse_many(text.data(), text.size(), size_t{1} << 20U).get(lines) != simdjson::SUCCESS)
    throw std::runtime_error("bad requests");
  for (auto line : lines) {
    dom::element request = line["request"];
    for (dom::element item : dom::array(line["items"]))
      out += "{\"request\": " + simdjson::minify(request) + ", \"items\": [" + simdjson::minify(item) + "]}\n";
  }
  return out;
}

}  // namespace

TEST_CASE("Online, batched and offline give each item the same features", "[formats]") {
  std::shared_ptr<const Extractor> extractor = takeaway();
  const ProgramInfo& info = extractor->info();
  std::string requests = readFile(kFolder + "/requests.jsonl");
  RequestsPerCall online(info, requests, 1);
  RequestsPerCall batched(info, requests, 64);
  REQUIRE(online.calls() == 60);
  REQUIRE(batched.calls() == 1);
  std::string one = featuresOf(*extractor, online, 0);
  CHECK(std::count(one.begin(), one.end(), '\n') > 1000);
  CHECK(firstDifference(featuresOf(*extractor, batched, 0), one) == "");
  RequestsPerCall sevens(info, requests, 7);
  CHECK(firstDifference(featuresOf(*extractor, sevens, 0), one) == "");
  std::string rows = flattened(requests);
  for (int64_t perCall : {1, 64, 4096}) {
    std::unique_ptr<RecordReader> reader = jsonReader(info, rows);
    CHECK(firstDifference(featuresOf(*extractor, *reader, perCall), one) == "");
  }
}

TEST_CASE("A sampled log replays without its stores", "[formats]") {
  std::shared_ptr<const Extractor> extractor = takeaway(true);
  const ProgramInfo& info = extractor->info();
  std::string requests = readFile(kFolder + "/requests.jsonl");
  std::vector<std::string> lines;
  RequestLog log(info, 10, [&](std::string_view line) { lines.emplace_back(line); });
  RequestsPerCall online(info, requests, 1);
  BatchBuilder builder(info);
  std::vector<InputRow> rows;
  Scratch scratch(*extractor);
  Result result;
  while (online.next(builder, rows, 0) == ReadStatus::Batch)
    REQUIRE(log.run(*extractor, builder.batch(), scratch, result).message.empty());
  REQUIRE(lines.size() == 6);

  LogReplayer replayer(info.sources);
  CompiledConfig config = compileConfig(kFolder + "/takeaway.feat");
  EngineOptions options;
  options.engine = EngineKind::Interp;
  options.stores = replayer.stores();
  std::shared_ptr<const Extractor> verified = makeExtractor(config.optimized, options).extractor;
  ReplayReport report;
  for (const std::string& line : lines) replayer.replay(*verified, line, report.lines + 1, report);
  INFO((report.unreadable.examples.empty() ? "" : report.unreadable.examples[0]));
  CHECK(report.same());
  CHECK(report.requests == 6);
  CHECK(report.items > 50);
  CHECK(report.otherFingerprints.empty());
}

TEST_CASE("A log has a list of structs whose first member the caller lacks", "[formats]") {
  const std::string text =
      "model m\nrequest { clicks : list<{ id: int64?, dwell: float64? }>? }\nitem { x : int64 }\n"
      "sparse ids slot 1 = clicks.id\ndense dwell default 0 = sum(clicks.dwell)\nsparse x slot 2 = x\n";
  CompiledConfig config = compileConfig("m.feat", {}, text);
  REQUIRE(config.ok());
  const ProgramInfo& info = config.raw.info();
  EngineOptions engine;
  engine.engine = EngineKind::Interp;
  std::shared_ptr<const Extractor> extractor = makeExtractor(config.raw, engine).extractor;
  BatchBuilder builder(info);
  std::vector<InputRow> rows;
  const std::string request =
      R"({"request": {"clicks": [{"id": 1, "dwell": 0.5}, {"id": 2, "dwell": 2}]}, "items": [{"x": 1}]})";
  REQUIRE(jsonReader(info, request)->next(builder, rows, 1) == ReadStatus::Batch);
  Batch batch = builder.batch();
  std::vector<ColumnData> columns(batch.columns.begin(), batch.columns.end());
  size_t id = 0;
  while (info.inputs[id].name != "clicks.id") ++id;
  REQUIRE(structListOf(info.inputs, id).first == id);
  columns[id] = {.length = batch.requests, .absent = true};
  batch.columns = columns;
  std::string line;
  RequestLog log(info, 1, [&](std::string_view made) { line = made; });
  Scratch scratch(*extractor);
  Result result;
  REQUIRE(log.run(*extractor, batch, scratch, result).message.empty());
  CHECK(line.find(R"("clicks": [{"dwell": 0.5}, {"dwell": 2}])") != std::string::npos);
  CHECK(line.find(R"("dwell": [2.5])") != std::string::npos);
  LogReplayer replayer(info.sources);
  ReplayReport report;
  replayer.replay(*extractor, line, 1, report);
  CHECK(report.same());
  CHECK(report.items == 1);
}
