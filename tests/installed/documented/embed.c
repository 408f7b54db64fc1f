/* From examples/embed/embed.c at 9e30a05. */
/* SPDX-License-Identifier: Apache-2.0 */
/* featc inside a C program: load a config, run one request given as JSON, print what came out.
 * Usage: embed_c takeaway.feat profiles.jsonl */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/c_api.h"

static const char kRequest[] =
    "{\"request\": {\"user_id\": 42, \"city\": \"Berlin\", \"hour\": 12, \"now\": 1700000000,"
    " \"clicks\": [7, 8], \"click_ts\": [1699999000, 1699990000]},"
    " \"items\": [{\"item_id\": 7, \"price\": 12.5, \"category\": \"noodles\", \"tags\": [\"spicy\"]},"
    " {\"item_id\": 9, \"category\": \"pizza\", \"tags\": []}]}";

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  char url[4096];
  snprintf(url, sizeof url, "jsonl:%s", argv[2]);
  featc_store store = {NULL, url};
  featc_options options = {.engine = FEATC_ENGINE_JIT, .stores = &store, .store_count = 1};
  char* error = NULL;
  featc_extractor* extractor = featc_load(argv[1], &options, &error);
  if (extractor == NULL) {
    fprintf(stderr, "%s\n", error != NULL ? error : "out of memory");
    featc_free_text(error);
    return 1;
  }
  featc_session* session = featc_new_session(extractor); /* one a thread, used again and again */
  int failed = session == NULL || featc_run_json(session, kRequest, strlen(kRequest)) != 0;
  if (session != NULL) fputs(featc_message(session), stderr);
  for (size_t i = 0; !failed && i < featc_output_count(extractor); ++i) {
    const featc_output* output = featc_output_at(extractor, i);
    featc_values values;
    if (featc_result_values(session, i, &values) != 0 || values.rows == 0) continue;
    if (output->kind == FEATC_KIND_DENSE)
      printf("%s: %g\n", output->name, (double)values.dense[0]);
    else if (values.offsets == NULL)
      printf("%s: %" PRIu64 "\n", output->name, values.ids[0]);
    else
      printf("%s: %" PRId64 " ids\n", output->name, values.offsets[1]);
  }
  featc_free_session(session);
  featc_free_extractor(extractor);
  return failed;
}
