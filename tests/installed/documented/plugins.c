/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/plugins.md at 9e30a05, unchanged between the lines. */
/* --- */
#include "featc/ops/plugin.h" /* in featc's own tree: "ops/plugin.h" */

static void longer(featc_call* call) {
  const featc_string* a = call->arguments[0].cells;
  const featc_string* b = call->arguments[1].cells;
  uint8_t* results = call->results;
  for (uint64_t row = 0; row < call->rows; ++row) results[row] = a[row].size > b[row].size;
}

static const featc_plugin_function functions[] = {{"longer", "(string, string) -> bool", longer}};
const featc_plugin featc_plugin_descriptor = {FEATC_PLUGIN_ABI, 1, functions};
/* --- */
