// SPDX-License-Identifier: Apache-2.0
// Scores of several calls that share an inference, and of calls in which items failed.
#include <cmath>
#include <limits>

#include "engine/compile.h"
#include "server/model/model_scorer.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

// The score is price + 10 * user, and not finite from 1,000 on. `user` has a row a request.
class Sum final : public Scorer {
 public:
  const std::string& engine() const override { return engine_; }
  const std::vector<TensorInfo>& inputs() const override { return inputs_; }
  const std::vector<TensorInfo>& outputs() const override { return outputs_; }
  Error run(std::span<const TensorSpan> in, std::vector<Tensor>& out) const override {
    const auto* price = static_cast<const float*>(in[0].data);
    const auto* user = static_cast<const float*>(in[1].data);
    const auto* request = static_cast<const int64_t*>(in[2].data);
    const auto items = static_cast<size_t>(in[0].shape[0]);
    rows = {in[0].shape[0], in[1].shape[0]};
    out.resize(2);
    out[0] = {TensorType::Float32, {in[0].shape[0]}, std::vector<float>(items), {}};
    out[1] = {TensorType::Int64, {in[0].shape[0], 1}, {}, std::vector<int64_t>(request, request + items)};
    for (size_t i = 0; i < items; ++i) {
      out[0].floats[i] = price[i] + 10 * user[request[i]];
      if (price[i] >= 1000) out[0].floats[i] = std::numeric_limits<float>::infinity();
    }
    return {};
  }

  mutable std::vector<int64_t> rows;  // of the last inference: items, requests

 private:
  std::string engine_ = "test";
  std::vector<TensorInfo> inputs_ = {{"price", TensorType::Float32, "f32", false, {-1}},
                                     {"user", TensorType::Float32, "f32", false, {-1, 1}},
                                     {"request_of_item", TensorType::Int64, "i64", false, {-1}}};
  std::vector<TensorInfo> outputs_ = {{"score", TensorType::Float32, "f32", false, {-1}},
                                      {"request", TensorType::Int64, "i64", false, {-1, 1}}};
};

struct Fixture {
  std::shared_ptr<Sum> network = std::make_shared<Sum>();
  std::shared_ptr<const Extractor> extractor;
  std::shared_ptr<const ModelScorer> scorer;

  Fixture() {
    CompiledConfig config = compileConfig("test.feat", {},
                                          "model test\nrequest { user : float64 }\nitem { price : float64 }\n"
                                          "dense price = price\ndense user = user\n");
    REQUIRE(config.ok());
    EngineOptions options;
    options.engine = EngineKind::Interp;
    extractor = makeExtractor(config.optimized, options).extractor;
    BindingFile file;
    file.inputs["user"].perRequest = true;
    Expected<std::shared_ptr<const ModelScorer>> made = ModelScorer::make(extractor->info(), network, file, nullptr);
    REQUIRE(made);
    scorer = *made;
  }

  // Of users with the prices of their items; one that is missing fails its item.
  Result features(const std::vector<std::pair<double, std::vector<double>>>& requests) const {
    std::vector<int64_t> offsets{0};
    std::vector<double> users;
    std::vector<double> prices;
    std::vector<uint8_t> valid(32);
    for (const auto& [user, items] : requests) {
      users.push_back(user);
      for (double price : items) {
        if (!std::isnan(price)) valid[prices.size() / 8] |= static_cast<uint8_t>(1U << prices.size() % 8);
        prices.push_back(price);
      }
      offsets.push_back(static_cast<int64_t>(prices.size()));
    }
    Batch batch;
    batch.requests = static_cast<int64_t>(users.size());
    batch.items = static_cast<int64_t>(prices.size());
    batch.itemOffsets = offsets.data();
    std::vector<ColumnData> columns(2);
    for (size_t i = 0; i < 2; ++i) {
      bool isItem = extractor->info().inputs[i].scope == Scope::Item;
      columns[i].length = isItem ? batch.items : batch.requests;
      columns[i].values = isItem ? prices.data() : users.data();
      if (isItem) columns[i].validity = valid.data();
    }
    batch.columns = columns;
    Scratch scratch(*extractor);
    Result result;
    Error error = extractor->run(batch, scratch, result);
    REQUIRE(!error);
    return result;
  }
};

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("results share an inference") {
  Fixture fixture;
  Result first = fixture.features({{1, {1, 2}}, {2, {3}}});
  Result second = fixture.features({{3, {4}}});
  ScoreMemory memory(*fixture.scorer);
  Scores scores;
  const Result* results[] = {&first, &second};
  REQUIRE(!fixture.scorer->score(results, memory, scores));
  CHECK(fixture.network->rows == std::vector<int64_t>{4, 3});
  REQUIRE(scores.columns.size() == 2);
  CHECK(scores.columns[0].floats == std::vector<float>{11, 12, 23, 34});
  CHECK(scores.columns[1].ints == std::vector<int64_t>{0, 0, 1, 2});
  CHECK(scores.status == std::vector<ScoreStatus>(4, ScoreStatus::Ok));
}

TEST_CASE("items without features, and requests of only such items, do not go to the network") {
  Fixture fixture;
  Result result = fixture.features({{1, {kMissing}}, {2, {kMissing, 5, 2000}}});
  ScoreMemory memory(*fixture.scorer);
  Scores scores;
  const Result* results[] = {&result};
  REQUIRE(!fixture.scorer->score(results, memory, scores));
  CHECK(fixture.network->rows == std::vector<int64_t>{2, 1});
  CHECK(scores.status == std::vector<ScoreStatus>{ScoreStatus::NoFeatures, ScoreStatus::NoFeatures, ScoreStatus::Ok,
                                                  ScoreStatus::NotFinite});
  CHECK(scores.columns[0].floats[2] == 25);
  CHECK(scores.columns[1].ints[2] == 0);
}

TEST_CASE("a network is not asked about nothing") {
  Fixture fixture;
  Result result = fixture.features({{1, {kMissing}}});
  ScoreMemory memory(*fixture.scorer);
  Scores scores;
  const Result* results[] = {&result};
  REQUIRE(!fixture.scorer->score(results, memory, scores));
  CHECK(fixture.network->rows.empty());
  CHECK(scores.status == std::vector<ScoreStatus>{ScoreStatus::NoFeatures});
  CHECK(scores.columns[0].floats == std::vector<float>{0});
}

}  // namespace
}  // namespace featc
