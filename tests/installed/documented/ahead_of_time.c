/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/ahead-of-time.md at 9e30a05, unchanged between the lines. */
/* --- */
#include <stdio.h>
#include <string.h>

#include "shops.h"

int main(void) {
  const char* request =
      "{\"request\": {\"city\": \"Rome\"}, \"items\": [{\"shop_id\": 7, \"category\": \"pizza\", \"tags\": []}]}";
  char* error = NULL;
  featc_extractor* extractor = featc_load_shops(NULL, 0, &error); /* no stores: it reads none */
  if (extractor == NULL) {
    fprintf(stderr, "%s\n", error);
    featc_free_text(error);
    return 1;
  }
  featc_session* session = featc_new_session(extractor); /* one a thread, used again and again */
  if (featc_run_json(session, request, strlen(request)) != 0) fputs(featc_message(session), stderr);
  featc_values shop;
  featc_result_values(session, SHOPS_OUTPUT_SHOP, &shop);
  for (int64_t item = 0; item < featc_result_items(session); ++item)
    printf("shop %llu\n", (unsigned long long)shop.ids[item]);
  printf("%s", featc_result_json(session, NULL)); /* all of them */
  featc_free_session(session);
  featc_free_extractor(extractor);
  return 0;
}
/* --- */
