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
#include "bench/takeaway.h"

namespace featc::bench {

namespace {

constexpr uint32_t kRowCounts[] = {1, 100, 1000};

// A set of instructions, and what both sides may cost with it.
struct Isa {
  const char* name;
  const char* cpu;  // for featc; empty: this machine's
  bool here;
  double plainLimit;
  double expertLimit;
};

std::vector<Isa> isas() {
  bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  return {{"AVX-512", "", avx512, 0.35, 1.05}, {"AVX2", "x86-64-v3", avx2, 0.6, 1.1}};
}

std::string nanoseconds(const Samples& samples) { return fmt::format("{:.2f}", samples.median()); }
std::string ratio(const Samples& a, const Samples& b) { return fmt::format("{:.2f}", a.median() / b.median()); }

// What a comparison is about: a config, its data, and the rivals by set of instructions.
template <class Call, class Rival>
struct Subject {
  const char* name = "";
  std::string text;
  void (*fill)(BatchBuilder& builder, uint32_t rows) = nullptr;
  void (*fillOdd)(BatchBuilder& builder, uint32_t rows) = nullptr;  // to be agreed on, not timed
  std::array<Rival*, 2> plain{};
  std::array<Rival*, 2> expert{};
};

// Runs both sides and compares every byte.
template <class Call>
void agree(Program& featc, const Batch& batch, Call& rival) {
  featc.run(batch);
  rival.run();
  rival.check(featc.info(), featc.result());
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
        suite.skip(name + ", to plain C++", isa.plainLimit, true, "times", "this machine cannot run it");
        suite.skip(name + ", to an expert's", isa.expertLimit, true, "times", "this machine cannot run it");
      }
      continue;
    }
    Program featc(extractorOf(config, EngineKind::Jit, isa.cpu));
    std::vector<std::vector<std::string>> table{{"rows", "featc", "plain", "expert", "featc/plain", "featc/expert"}};
    for (uint32_t rows : kRowCounts) {
      BatchBuilder builder(info);
      subject.fill(builder, rows);
      Batch batch = builder.batch();
      Call plain(info, batch, subject.plain[i]);
      Call expert(info, batch, subject.expert[i]);
      agree(featc, batch, plain);
      agree(featc, batch, expert);
      BatchBuilder oddBuilder(info);
      subject.fillOdd(oddBuilder, rows);
      Batch odd = oddBuilder.batch();
      for (Rival* rival : {subject.plain[i], subject.expert[i]}) {
        Call call(info, odd, rival);
        agree(featc, odd, call);
      }

      double values = static_cast<double>(rows) * static_cast<double>(info.outputs.size());
      auto times = suite.time(fmt::format("{}/{}/{}", subject.name, isa.name, rows),
                              {{"featc", [&] { featc.run(batch); }, values},
                               {"plain", [&] { plain.run(); }, values},
                               {"expert", [&] { expert.run(); }, values}});
      const Samples& mine = times["featc"];
      table.push_back({fmt::format("{}", rows), nanoseconds(mine), nanoseconds(times["plain"]),
                       nanoseconds(times["expert"]), ratio(mine, times["plain"]), ratio(mine, times["expert"])});
      if (rows == 1) continue;
      std::string name = fmt::format("{}, {} rows, {}", subject.name, rows, isa.name);
      suite.atMost(name + ", to plain C++", mine.median() / times["plain"].median(), isa.plainLimit, "times");
      suite.atMost(name + ", to an expert's", mine.median() / times["expert"].median(), isa.expertLimit, "times");
    }
    suite.table(fmt::format("{}, {}, ns a value", subject.name, isa.name), table);
  }
}

void fillUsual(BatchBuilder& builder, uint32_t rows) { fillMix(builder, rows, 0, kSeed); }
void fillOdd(BatchBuilder& builder, uint32_t rows) { fillMix(builder, rows, 0, kSeed, Values::Odd); }
void fillItems(BatchBuilder& builder, uint32_t rows) { fillTakeaway(builder, rows, kSeed); }
void fillSparseRequest(BatchBuilder& builder, uint32_t rows) { fillTakeaway(builder, rows, kSeed, true); }

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

}  // namespace

void benchRunning(Suite& suite) {
  Subject<MixCall, MixRival> mix;
  mix.name = "mix";
  mix.text = mixConfig(kMixOutputs);
  mix.fill = fillUsual;
  mix.fillOdd = fillOdd;
  mix.plain = {mixPlainNative, mixPlainAvx2};
  mix.expert = {mixExpertAvx512, mixExpertAvx2};
  compare(suite, mix);

  Subject<TakeawayCall, TakeawayRival> takeaway;
  takeaway.name = "takeaway";
  takeaway.text = takeawayConfig();
  takeaway.fill = fillItems;
  takeaway.fillOdd = fillSparseRequest;
  takeaway.plain = {takeawayPlainNative, takeawayPlainAvx2};
  takeaway.expert = {takeawayExpertAvx512, takeawayExpertAvx2};
  compare(suite, takeaway);

  compareEngines(suite);
  showGenerated(suite);
}

}  // namespace featc::bench
