// SPDX-License-Identifier: Apache-2.0
// featc inside a C++ program: load a config, run one request with two items, print their ids.
// Usage: embed_cpp takeaway.feat profiles.jsonl
#include <cinttypes>
#include <cstdio>
#include <vector>

#include "featc/config.hpp"
#include "featc/data.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  featc::CompiledConfig config = featc::compileConfig(argv[1]);
  std::fputs(config.diagnosticsText().c_str(), stderr);
  if (!config.ok()) return 1;
  featc::EngineOptions options;
  featc::StoreLoadReport report;
  options.stores.fallback = featc::MemoryStore::load(argv[2], config.optimized.info().sources, report);
  if (!options.stores.fallback) return std::fprintf(stderr, "%s\n", report.error.c_str()), 1;
  featc::ExtractorResult made = featc::makeExtractor(config.optimized, options);
  if (!made.extractor) return std::fprintf(stderr, "%s\n", made.error.c_str()), 1;

  featc::BatchBuilder builder(made.extractor->info());
  featc::Error error = builder.beginRequest();
  auto set = [&](const char* name, const auto& value) {
    if (!error) error = builder.set(name, value);
  };
  set("user_id", 42);
  set("city", "Berlin");
  set("hour", 12);
  set("now", 1'700'000'000);
  set("clicks", std::vector{7, 8});
  set("click_ts", std::vector{1'699'999'000, 1'699'990'000});
  for (int id : {7, 9}) {
    if (!error) error = builder.beginItem();
    set("item_id", id);
    set("price", 12.5);
    set("category", "noodles");
    set("tags", std::vector{"spicy", "fast"});
    if (!error) error = builder.endItem();
  }
  if (!error) error = builder.endRequest();
  if (error) return std::fprintf(stderr, "%s\n", error.message.c_str()), 1;

  featc::Scratch scratch(*made.extractor);  // one a thread, with its result and builder: all are reused
  featc::Result result;
  if (featc::Error failed = made.extractor->run(builder.batch(), scratch, result))
    return std::fprintf(stderr, "%s\n", failed.message.c_str()), 1;
  for (int64_t item = 0; item < result.items(); ++item) {
    if (result.status(item) != featc::RowStatus::Ok) continue;
    for (size_t i = 0; i < result.outputCount(); ++i) {
      const featc::OutputInfo& output = made.extractor->info().outputs[i];
      std::printf("item %d %s:", static_cast<int>(item), output.name.c_str());
      if (output.kind == featc::OutputKind::Dense)
        for (float value : featc::denseOf(result, result.output(i), item)) std::printf(" %g", value);
      else
        for (uint64_t id : featc::idsOf(result, result.output(i), item).ids) std::printf(" %" PRIu64, id);
      std::printf("\n");
    }
  }
}
