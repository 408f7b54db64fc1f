/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/serving.md at 9e30a05, unchanged between the lines. */
#include <stdio.h>

#include "engine/aot/run_api.h"

void snippet(featc_session* session, featc_batch batch);
void snippet(featc_session* session, featc_batch batch) {
/* --- */
featc_call_options options = {0};
options.scheduler = FEATC_SCHEDULER_PIPELINED;
options.timeout_microseconds = 20000; /* of each call */
featc_set_call_options(session, &options);
featc_run(session, &batch);
featc_reads reads;
for (size_t source = 0; featc_result_reads(session, source, &reads) == 0; ++source)
  if (reads.degraded) printf("%s: %llu failed\n", reads.source, (unsigned long long)reads.failed);
/* --- */
}
