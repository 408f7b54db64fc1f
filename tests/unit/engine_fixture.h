// SPDX-License-Identifier: Apache-2.0
// A folder that goes with the test, a config with every way of emitting, and what a batch of it gives.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "data/json/json_reader.h"
#include "data/json/json_writer.h"
#include "data/memory/memory_store.h"
#include "engine/compile.h"

namespace featc::test {

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "featc-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
    path_ = std::filesystem::canonical(name);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

 private:
  std::filesystem::path path_;
};

inline std::string readFile(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Request and item scope, strings made in one phase and used in another, two levels of reads.
inline constexpr const char* kConfig = R"(model demo
request { user : int64
  words : string }
item { shop : int64
  price : float64?
  tags : list<string> }
source people(id: int64) { key "p:{id}" friend : int64
  city : string
  likes : map<string, float64> }
let me = people(user)
let other = people(me.friend)
sparse shop slot 1 = shop
sparse city slot 2 = concat(lower(me.city), "/", other.city)
sparse tags slot 3 = lower(tags)
sparse likes slot 4 = other.likes
sparse both slot 5 = cross(other.city, bucketize(price, [1, 2, 3]), tags)
sequence words slot 6 length 3 = split(words, " ")
dense price default -1 = log1p(price) * 2 + shop
)";

inline std::shared_ptr<Store> demoStore(const ProgramInfo& info) {
  TestFolder folder;
  std::string rows;
  for (int i = 0; i < 8; ++i)
    rows += R"({"source": "people", "id": )" + std::to_string(i) + R"(, "friend": )" + std::to_string((i * 3 + 1) % 9) +
            R"(, "city": "City)" + std::to_string(i) + R"(", "likes": {"a": 0.5, "b": )" + std::to_string(i) + "}}\n";
  StoreLoadReport report;
  auto store = MemoryStore::load(folder.write("people.jsonl", rows).string(), info.sources, report);
  if (store == nullptr) throw std::runtime_error(report.error);
  return store;
}

// Nine requests of many items: several blocks.
inline std::string demoRequests() {
  std::string text;
  for (int r = 0; r < 9; ++r) {
    text += R"({"request": {"user": )" + std::to_string(r) + R"(, "words": "x y)" + std::to_string(r) +
            R"( z w"}, "items": [)";
    for (int i = 0; i < 150; ++i) {
      if (i > 0) text += ", ";
      text += R"({"shop": )" + std::to_string(r * 1000 + i);
      if (i % 5 != 0) text += R"(, "price": )" + std::to_string(i * 0.25);
      text += R"(, "tags": ["T)" + std::to_string(i % 7) + R"(", "U"]})";
    }
    text += "]}\n";
  }
  return text;
}

// One thread's calls of one extractor, results as JSON.
class Caller {
 public:
  explicit Caller(const Extractor& extractor)
      : extractor_(extractor),
        scratch_(extractor),
        builder_(extractor.info()),
        writer_(newJsonWriter(extractor.info())) {
    auto reader = newJsonReader(extractor.info(), memorySource(text_), "input", true, [](const DataMessage&) {});
    if (reader->next(builder_, rows_, INT64_MAX) != ReadStatus::Batch) throw std::runtime_error("bad requests");
  }
  std::string call() {
    if (Error error = extractor_.run(builder_.batch(), scratch_, result_)) throw std::runtime_error(error.message);
    std::string json;
    writer_->write(result_, rows_, json);
    return json;
  }
  // Only the call itself.
  Error run() { return extractor_.run(builder_.batch(), scratch_, result_); }

 private:
  const Extractor& extractor_;
  std::string text_ = demoRequests();
  Scratch scratch_;
  Result result_;
  BatchBuilder builder_;
  std::vector<InputRow> rows_;
  std::unique_ptr<ResultWriter> writer_;
};

}  // namespace featc::test
