/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/ahead-of-time.md at 9e30a05, unchanged between the lines. */
/* --- */
#include <cstdio>
#include <vector>

#include "engine/aot/model.h"
#include "runtime/batch_builder.h"
#include "runtime/io/result_writer.h"

int main() {
  featc::OpenedModel opened = featc::openModel("libshops.so");
  if (!opened.model) return std::fprintf(stderr, "%s\n", opened.error.c_str()), 1;
  featc::Extractor extractor = opened.model->extractor();  // shared by all threads; keeps the library loaded

  featc::BatchBuilder builder(extractor.info());
  builder.beginRequest();
  featc::BuildError error = builder.set("city", "Rome");
  builder.beginItem();
  if (!error) error = builder.set("shop_id", 7);
  if (!error) error = builder.set("category", "pizza");
  if (!error) error = builder.set("tags", std::vector{"vegan", "new"});
  if (!error) error = builder.endItem();
  if (!error) error = builder.endRequest();
  if (error) return std::fprintf(stderr, "%s\n", error.message.c_str()), 1;

  featc::Scratch scratch(extractor);  // one a thread, with its builder and result: all are reused
  featc::Result result;
  if (featc::RunError failed = extractor.run(builder.batch(), scratch, result))
    return std::fprintf(stderr, "%s\n", failed.message.c_str()), 1;
  for (uint64_t id : featc::idsOf(result, result.output(0), 0).ids)
    std::printf("shop %llu\n", static_cast<unsigned long long>(id));
}
/* --- */
