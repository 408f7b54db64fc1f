// SPDX-License-Identifier: Apache-2.0
// Fuzzes the reader of logs: no line crashes it, and each is either told of or compared.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "data/log/replay.h"
#include "engine/compile.h"

namespace {

constexpr const char* kConfig = R"(model m
semantics 1
request { user : int64  word : string? }
item { x : float64?  tags : list<string>?  m : map<string, float64>? }
source people(id: int64) { key "p:{id}"
  age : int64
  likes : map<string, float64> }
let me = people(user)
sparse age slot 1 = me.age
sparse likes slot 2 = me.likes
sparse tags slot 3 = tags
sequence words slot 4 length 3 = split(word, " ")
dense x = x
sparse m slot 5 = m
)";

// Two outputs, one of two numbers an item and one of integers.
class FixedScorer final : public featc::ReplayScorer {
 public:
  featc::Error score(const featc::Result& result, featc::CallScores& scores) override {
    const auto items = static_cast<size_t>(result.items());
    floats_.assign(2 * items, 0.5F);
    ints_.assign(items, 7);
    scores.columns = {{"score", 2, floats_, {}}, {"label", 1, {}, ints_}};
    scores.present.assign(items, true);
    if (items > 1) scores.present[1] = false;
    scores.epoch = "e";
    scores.delta = 3;
    return {};
  }

 private:
  std::vector<float> floats_;
  std::vector<int64_t> ints_;
};

struct Replayed {
  FixedScorer scorer;
  std::unique_ptr<featc::LogReplayer> replayer;
  std::shared_ptr<const featc::Extractor> extractor;

  Replayed() {
    featc::CompiledConfig config = featc::compileConfig("m.feat", {}, kConfig);
    replayer = std::make_unique<featc::LogReplayer>(config.optimized.info().sources);
    replayer->useScorer(scorer, 1e-5);
    featc::EngineOptions options;
    options.engine = featc::EngineKind::Interp;
    options.stores = replayer->stores();
    extractor = featc::makeExtractor(config.optimized, options).extractor;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Replayed replayed;
  featc::ReplayReport report;
  replayed.replayer->replay(*replayed.extractor, {reinterpret_cast<const char*>(data), size}, 1, report);
  if (report.lines != 1) std::abort();
  featc::readLogHead({reinterpret_cast<const char*>(data), size});
  return 0;
}
