// SPDX-License-Identifier: Apache-2.0
// A config with every kind of output, and what it gives for requests of which one item fails.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "data/json/json_reader.h"
#include "engine/compile.h"

namespace featc::test {

inline constexpr const char* kManyOutputs = R"(model many
semantics 1
request { user : int64
  words : string }
item { shop : int64?
  price : float64?
  tags : list<string>
  taste : map<string, float64>? }
sparse user slot 1 = user
sparse shop slot 2 = shop
sparse tags slot 3 = tags
sparse taste slot 4 = taste
sparse pick slot 5 = {1: 0.5, 2: 0.25}
sequence words slot 6 length 3 = split(words, " ")
sequence steps slot 7 length 4 = [shop, 5, shop]
dense price default -1 = price
dense vec width 3 default 0.5 = [price, 2]
dense constant = 1.5
sparse many slot 8 = cross(tags, tags, tags, tags, tags)
)";

inline constexpr const char* kManyRequests =
    R"({"request": {"user": 42, "words": "a b c d"}, "items": [{"shop": 7, "price": 1.25, "tags": ["x", "y"], "taste": {"p": 0.7, "q": -2}}, {"tags": []}]}
{"request": {"user": 43, "words": ""}, "items": []}
{"request": {"user": 44, "words": "z"}, "items": [{"shop": 8, "price": 3.5, "tags": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]}, {"shop": 0, "price": -0.0, "tags": ["y"], "taste": {}}, {"shop": 9, "tags": ["z", "z"]}]}
)";

// Every kind of line of sequence groups, of items and of requests: lists with elements that are missing, without
// elements, missing ones, and an item that fails.
inline constexpr const char* kGroupOutputs = R"(model groups
semantics 1
request { seen : list<int64>? }
item { clicks : list<{ shop: int64?, tags: list<string>?, price: float64? }>? }
sequence group c over clicks length 3 {
  sparse shop slot 1 = it.shop
  sparse tags slot 2 = it.tags
  sparse bought slot 3 = weighted([it.shop ?? 0, 7], [it.price ?? 0.5, 0.25])
  dense price default -1 = it.price
  dense pair width 2 = [it.price ?? 0.1, 7.0]
  sparse many slot 4 = cross(it.tags, it.tags, it.tags, it.tags, it.tags)
}
sequence group s over seen length 2 {
  sparse id slot 5 missing 3 = it
  dense half = it / 2
}
dense plain = 1.5
)";

inline constexpr const char* kGroupRequests =
    R"({"request": {"seen": [5, null, 7]}, "items": [{"clicks": [{"shop": 1, "tags": ["a", "b"], "price": 1.25}, {"tags": []}, null, {"shop": 4}]}, {"clicks": []}]}
{"request": {"seen": []}, "items": []}
{"request": {}, "items": [{"clicks": [{"tags": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]}]}, {}, {"clicks": [{"shop": 0, "tags": ["z"], "price": -0.1}]}]}
)";

class ManyOutputs {
 public:
  explicit ManyOutputs(const std::string& requests = kManyRequests, const std::string& config = kManyOutputs) {
    CompiledConfig compiled = compileConfig("many.feat", {}, config);
    if (!compiled.ok()) throw std::runtime_error(compiled.diagnosticsText());
    EngineOptions options;
    options.engine = EngineKind::Interp;
    extractor_ = makeExtractor(compiled.optimized, options).extractor;
    auto sink = [](const DataMessage& message) {
      if (message.isError) throw std::runtime_error(message.render());
    };
    auto reader = newJsonReader(info(), memorySource(requests), "input", true, sink);
    BatchBuilder builder(info());
    if (reader->next(builder, rows_, INT64_MAX) != ReadStatus::Batch) throw std::runtime_error("bad requests");
    Scratch scratch(*extractor_);
    if (Error error = extractor_->run(builder.batch(), scratch, result_)) throw std::runtime_error(error.message);
  }
  const ProgramInfo& info() const { return extractor_->info(); }
  const Result& result() const { return result_; }
  std::span<const InputRow> rows() const { return rows_; }

 private:
  std::shared_ptr<const Extractor> extractor_;
  std::vector<InputRow> rows_;
  Result result_;
};

}  // namespace featc::test
