// SPDX-License-Identifier: Apache-2.0
// Time a value: featc beside the same features written by hand, the interpreter, missing values.
#include <fmt/format.h>

#include <array>
#include <memory>

#include "bench/data.h"
#include "bench/families.h"
#include "bench/mix.h"
#include "bench/program.h"
#include "bench/rivals.h"
#include "bench/search_ads.h"
#include "bench/takeaway.h"
#include "bench/time_share.h"
#include "support/instruction_sets.h"

namespace featc::bench {

namespace {

constexpr uint32_t kRowCounts[] = {1, 100, 1000};

// A set of instructions.
struct Isa {
  const char* name;
  const char* cpu;  // for featc; empty: this machine's
  bool here;
};

std::vector<Isa> isas() {
  bool avx2 = runsAvx2() && __builtin_cpu_supports("bmi2");
  return {{"AVX-512", "", runsAvx512()}, {"AVX2", "x86-64-v3", avx2}};
}

std::string nanoseconds(const Samples& samples) { return fmt::format("{:.2f}", samples.median()); }
std::string ratio(const Samples& a, const Samples& b) { return fmt::format("{:.2f}", a.median() / b.median()); }

using Fill = void(BatchBuilder& builder, uint32_t rows, uint64_t seed);

// What a comparison is about: a config, its data, and the rivals by set of instructions.
template <class Call, class Rival>
struct Subject {
  const char* name = "";
  std::string text;
  Fill* fill = nullptr;
  std::vector<Fill*> odd;  // to be agreed on, not timed
  std::array<Rival*, 2> plain{};
  std::array<Rival*, 2> expert{};
  // How many times a rival's time it may take: of plain C++ by set of instructions, of an expert's by rows (100,
  // 1,000).
  std::array<double, 2> plainLimit{};
  std::array<double, 2> expertLimit{};

  double expertLimitOf(uint32_t rows) const { return expertLimit[rows == 1000 ? 1 : 0]; }
};

Batches batchesOf(const ProgramInfo& info, size_t count, Fill* fill, uint32_t rows) {
  return Batches(info, count, [&](BatchBuilder& builder, uint64_t seed) { fill(builder, rows, seed); });
}

// Runs both sides and compares every byte.
template <class Call>
void agree(Program& featc, const Batches& batches, Call& rival) {
  for (size_t b = 0; b < batches.all().size(); ++b) {
    featc.run(batches[b]);
    rival.run(b);
    rival.check(featc.info(), featc.result());
  }
}

template <class Call, class Rival>
void agreeOnOddData(Program& featc, const Subject<Call, Rival>& subject, size_t isa, uint32_t rows) {
  for (Fill* fill : subject.odd) {
    Batches odd = batchesOf(featc.info(), 1, fill, rows);
    for (Rival* rival : {subject.plain[isa], subject.expert[isa]}) {
      Call call(featc.info(), odd.all(), rival);
      agree(featc, odd, call);
    }
  }
}

// One line of the table: all sides with one batch again and again, or with all of them in turn.
template <class Call>
std::map<std::string, Samples> timeSides(Suite& suite, const std::string& group, Program& featc, const Batches& batches,
                                         size_t count, Call& plain, Call& expert, double values) {
  size_t next[3] = {};
  auto turn = [&](size_t side) {
    size_t batch = next[side];
    next[side] = batch + 1 == count ? 0 : batch + 1;
    return batch;
  };
  return suite.time(group, {{"featc", [&] { featc.run(batches[turn(0)]); }, values},
                            {"plain", [&] { plain.run(turn(1)); }, values},
                            {"expert", [&] { expert.run(turn(2)); }, values}});
}

template <class Call, class Rival>
void compare(Suite& suite, const Subject<Call, Rival>& subject) {
  CompiledConfig config = compileText(subject.text);
  const ProgramInfo& info = config.optimized.info();
  std::vector<Isa> sets = isas();
  for (size_t i = 0; i < sets.size(); ++i) {
    const Isa& isa = sets[i];
    if (!isa.here) {
      for (uint32_t rows : kRowCounts) {
        if (rows == 1) continue;
        std::string name = fmt::format("{}, {} rows, {}", subject.name, rows, isa.name);
        suite.skip(name + ", to plain C++", subject.plainLimit[i], true, "times", "this machine cannot run it");
        suite.skip(name + ", to an expert's", subject.expertLimitOf(rows), true, "times", "this machine cannot run it");
      }
      continue;
    }
    Program featc(extractorOf(config, EngineKind::Jit, isa.cpu));
    std::vector<std::vector<std::string>> table{
        {"rows", "batches", "featc", "plain", "expert", "featc/plain", "featc/expert"}};
    for (uint32_t rows : kRowCounts) {
      Batches batches = batchesOf(info, kBatches, subject.fill, rows);
      Call plain(info, batches.all(), subject.plain[i]);
      Call expert(info, batches.all(), subject.expert[i]);
      agree(featc, batches, plain);
      agree(featc, batches, expert);
      agreeOnOddData(featc, subject, i, rows);

      double values = static_cast<double>(rows) * static_cast<double>(info.outputs.size());
      for (size_t count : {size_t{1}, kBatches}) {
        std::string group = fmt::format("{}/{}/{}{}", subject.name, isa.name, rows, count == 1 ? "" : "/rotating");
        auto times = timeSides(suite, group, featc, batches, count, plain, expert, values);
        const Samples& mine = times["featc"];
        table.push_back({fmt::format("{}", rows), fmt::format("{}", count), nanoseconds(mine),
                         nanoseconds(times["plain"]), nanoseconds(times["expert"]), ratio(mine, times["plain"]),
                         ratio(mine, times["expert"])});
        if (rows == 1 || count != 1) continue;
        std::string name = fmt::format("{}, {} rows, {}", subject.name, rows, isa.name);
        suite.atMost(name + ", to plain C++", mine.median() / times["plain"].median(), subject.plainLimit[i], "times");
        suite.atMost(name + ", to an expert's", mine.median() / times["expert"].median(), subject.expertLimitOf(rows),
                     "times");
      }
    }
    suite.table(fmt::format("{}, {}, ns a value", subject.name, isa.name), table);
  }
}

// The engines and the nulls that have no rival.
void compareEngines(Suite& suite) {
  CompiledConfig config = compileText(mixConfig(kMixOutputs));
  CompiledConfig optional = compileText(mixConfig(kMixOutputs, Fields::Optional));
  Program native(extractorOf(config, EngineKind::Jit, ""));
  Program interpreted(extractorOf(config, EngineKind::Interp, ""));
  Program nullable(extractorOf(optional, EngineKind::Jit, ""));
  std::vector<std::vector<std::string>> table{
      {"rows", "native", "interpreted", "10 % missing", "interpreted/native", "missing/native"}};
  for (uint32_t rows : kRowCounts) {
    BatchBuilder whole(config.optimized.info());
    fillMix(whole, rows, 0, kSeed);
    Batch batch = whole.batch();
    BatchBuilder holed(optional.optimized.info());
    fillMix(holed, rows, 0.1, kSeed);
    Batch missing = holed.batch();
    double values = static_cast<double>(rows) * kMixOutputs;
    auto times = suite.time(fmt::format("engines/{}", rows), {{"native", [&] { native.run(batch); }, values},
                                                              {"interpreted", [&] { interpreted.run(batch); }, values},
                                                              {"missing", [&] { nullable.run(missing); }, values}});
    const Samples& base = times["native"];
    table.push_back({fmt::format("{}", rows), nanoseconds(base), nanoseconds(times["interpreted"]),
                     nanoseconds(times["missing"]), ratio(times["interpreted"], base), ratio(times["missing"], base)});
    if (rows == 1) {
      suite.atMost("mix, 1 row", base.median(), 6, "ns a value");
    } else {
      suite.atMost(fmt::format("mix, {} rows, 10 % missing, to none missing", rows),
                   times["missing"].median() / base.median(), 1.3, "times");
    }
    if (rows == 1000)
      suite.atMost("mix, 1000 rows, interpreter", times["interpreted"].median(), 30, "ns a value",
                   fmt::format("{} times native code", ratio(times["interpreted"], base)));
  }
  suite.table("mix, engines and missing values, ns a value", table);
}

// Configs of the other kind, where no two features share a shape.
void showGenerated(Suite& suite) {
  constexpr uint32_t kFeatures = 1000;
  CompiledConfig config = compileText(generatedConfig(kFeatures, kSeed));
  Program native(extractorOf(config, EngineKind::Jit, ""));
  Program interpreted(extractorOf(config, EngineKind::Interp, ""));
  std::vector<std::vector<std::string>> table{{"rows", "native", "interpreted", "interpreted/native"}};
  for (uint32_t rows : kRowCounts) {
    BatchBuilder builder(config.optimized.info());
    fillMix(builder, rows, 0, kSeed);
    Batch batch = builder.batch();
    double values = static_cast<double>(rows) * kFeatures;
    auto times = suite.time(
        fmt::format("generated/{}", rows),
        {{"native", [&] { native.run(batch); }, values}, {"interpreted", [&] { interpreted.run(batch); }, values}});
    table.push_back({fmt::format("{}", rows), nanoseconds(times["native"]), nanoseconds(times["interpreted"]),
                     ratio(times["interpreted"], times["native"])});
  }
  suite.table("generated expressions, ns a value", table);
}

// Where calls of 1,000 rows spend their time, with batches in turn.
void showShares(Suite& suite) {
  auto percent = [](double part) { return fmt::format("{:.0f}", 100 * part); };
  std::vector<std::vector<std::string>> table{
      {"config", "generated code", "flat passes", "elementary functions", "other kernels and the runtime"}};
  auto show = [&](const char* name, const std::string& text, Fill* fill) {
    CompiledConfig config = compileText(text);
    Program program(extractorOf(config, EngineKind::Jit, ""));
    Batches batches = batchesOf(program.info(), kBatches, fill, 1000);
    size_t next = 0;
    auto run = [&] { program.run(batches[next++ % kBatches]); };
    TimeShare share = timeShareOf(run, suite.quick() ? 1 : 4);
    table.push_back(
        {name, percent(share.generated), percent(share.flat), percent(share.functions), percent(share.other)});
  };
  show("mix", mixConfig(kMixOutputs),
       [](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillMix(builder, rows, 0, seed); });
  show("takeaway", takeawayConfig(),
       [](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillTakeaway(builder, rows, seed); });
  show("search_ads", searchAdsConfig(),
       [](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillSearchAds(builder, rows, seed); });
  suite.table("where 1,000 rows spend their time, percent", table);
}

}  // namespace

void benchRunning(Suite& suite) {
  Subject<MixCall, MixRival> mix;
  mix.name = "mix";
  mix.text = mixConfig(kMixOutputs);
  mix.fill = [](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillMix(builder, rows, 0, seed); };
  mix.odd = {[](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillMix(builder, rows, 0, seed, Values::Odd); }};
  mix.plain = {mixPlainNative, mixPlainAvx2};
  mix.expert = {mixExpertAvx512, mixExpertAvx2};
  mix.plainLimit = {0.35, 0.6};
  mix.expertLimit = {1.1, 1.1};
  compare(suite, mix);

  Subject<TakeawayCall, TakeawayRival> takeaway;
  takeaway.name = "takeaway";
  takeaway.text = takeawayConfig();
  takeaway.fill = [](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillTakeaway(builder, rows, seed); };
  takeaway.odd = {[](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillTakeaway(builder, rows, seed, true); }};
  takeaway.plain = {takeawayPlainNative, takeawayPlainAvx2};
  takeaway.expert = {takeawayExpertAvx512, takeawayExpertAvx2};
  takeaway.plainLimit = {0.25, 0.35};
  takeaway.expertLimit = {1.6, 1.3};
  compare(suite, takeaway);

  Subject<SearchAdsCall, ads::Rival> searchAds;
  searchAds.name = "search_ads";
  searchAds.text = searchAdsConfig();
  searchAds.fill = [](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillSearchAds(builder, rows, seed); };
  searchAds.odd = {
      [](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillSearchAds(builder, rows, seed, SearchAds::Odd); },
      [](BatchBuilder& builder, uint32_t rows, uint64_t seed) { fillSearchAds(builder, rows, seed, SearchAds::Bare); }};
  searchAds.plain = {ads::plainNative, ads::plainAvx2};
  searchAds.expert = {ads::expertAvx512, ads::expertAvx2};
  searchAds.plainLimit = {0.35, 0.35};
  searchAds.expertLimit = {1.6, 1.6};
  compare(suite, searchAds);

  showShares(suite);
  compareEngines(suite);
  showGenerated(suite);
}

}  // namespace featc::bench
