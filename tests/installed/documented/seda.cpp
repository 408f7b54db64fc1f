/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/serving.md at 9e30a05, unchanged between the lines. */
#include "runtime/serving/seda_executor.h"

featc::RunError snippet(const featc::Extractor& extractor, const featc::Batch& batch,
                        std::chrono::steady_clock::time_point deadline) {
/* --- */
#include "runtime/serving/seda_executor.h"  // CMake: featc::serving

featc::SedaExecutor executor(extractor);
featc::RunError refused = executor.submit(batch, deadline, [](featc::RunError error, featc::Result& result) {
  // on a thread of the executor; swap the result to keep it
});
/* --- */
  return refused;
}
