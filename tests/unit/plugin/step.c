/* SPDX-License-Identifier: Apache-2.0 */
/* A plug-in whose function adds STEP, which the build sets: tests replace one by another. */
#include "featc/plugin.h"

static void step(featc_call* call) {
  const int64_t* x = call->arguments[0].cells;
  int64_t* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) results[row] = x[row] + STEP;
}

static const featc_plugin_function functions[] = {{"step", "(int64) -> int64", step}};
const featc_plugin featc_plugin_descriptor = {FEATC_PLUGIN_ABI, 1, functions};
