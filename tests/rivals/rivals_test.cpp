// SPDX-License-Identifier: Apache-2.0
// The benchmark's real configs and the same features written by hand give the same bytes.
#include "bench/rivals.h"
#include "bench/data.h"
#include "bench/program.h"
#include "bench/search_ads.h"
#include "bench/takeaway.h"
#include "support/instruction_sets.h"
#include "tests/common/catch.h"

namespace featc::bench {

namespace {

// Those of `native`, `avx2` and `avx512` that this machine can run.
template <class Rival>
std::vector<Rival*> here(Rival* native, std::initializer_list<Rival*> avx2, Rival* avx512) {
  std::vector<Rival*> rivals{native};
  if (runsAvx2() && __builtin_cpu_supports("bmi2") != 0) rivals.insert(rivals.end(), avx2);
  if (runsAvx512()) rivals.push_back(avx512);
  return rivals;
}

// Both engines and every rival, over several batches that they read in turn.
template <class Call, class Rival, class Fill>
void agree(const std::string& text, const std::vector<Rival*>& rivals, uint32_t rows, Fill fill) {
  CompiledConfig config = compileText(text);
  const ProgramInfo& info = config.optimized.info();
  Batches batches(info, 6, [&](BatchBuilder& builder, uint64_t seed) { fill(builder, rows, seed, seed - kSeed); });
  for (EngineKind engine : {EngineKind::Interp, EngineKind::Jit}) {
    Program featc(extractorOf(config, engine, ""));
    for (Rival* rival : rivals) {
      Call call(info, batches.all(), rival);
      for (size_t b = 0; b < batches.all().size(); ++b) {
        REQUIRE(batches[b].items == rows);
        featc.run(batches[b]);
        call.run(b);
        CHECK_NOTHROW(call.check(info, featc.result()));
      }
    }
  }
}

}  // namespace

TEST_CASE("Search ads by hand") {
  std::vector<ads::Rival*> rivals = here(ads::plainNative, {ads::plainAvx2, ads::expertAvx2}, ads::expertAvx512);
  for (uint32_t rows : {1U, 9U, 64U, 300U}) {
    CAPTURE(rows);
    agree<SearchAdsCall>(
        searchAdsConfig(), rivals, rows, [](BatchBuilder& builder, uint32_t n, uint64_t seed, uint64_t i) {
          fillSearchAds(builder, n, seed, i < 2 ? SearchAds::Usual : i < 5 ? SearchAds::Odd : SearchAds::Bare);
        });
  }
}

TEST_CASE("Takeaway by hand") {
  std::vector<TakeawayRival*> rivals =
      here(takeawayPlainNative, {takeawayPlainAvx2, takeawayExpertAvx2}, takeawayExpertAvx512);
  for (uint32_t rows : {1U, 9U, 64U, 300U}) {
    CAPTURE(rows);
    agree<TakeawayCall>(
        takeawayConfig(), rivals, rows,
        [](BatchBuilder& builder, uint32_t n, uint64_t seed, uint64_t i) { fillTakeaway(builder, n, seed, i == 5); });
  }
}

}  // namespace featc::bench
