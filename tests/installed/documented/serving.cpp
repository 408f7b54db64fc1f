/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/serving.md at 9e30a05, unchanged between the lines. */
#include <chrono>

#include "runtime/extractor.h"

featc::RunError snippet(const featc::Extractor& extractor, const featc::Batch& batch) {
/* --- */
#include "runtime/extractor.h"

featc::Scratch scratch(extractor);  // one a thread
featc::Result result;
featc::CallOptions options;
options.scheduler = featc::Scheduler::Pipelined;
options.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
featc::RunError error = extractor.run(batch, scratch, result, options);
/* --- */
  return error;
}
