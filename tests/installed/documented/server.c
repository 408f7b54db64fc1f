/* From examples/ahead_of_time/server.c at 9e30a05. */
/* SPDX-License-Identifier: Apache-2.0 */
/* A C program with the takeaway model in it, compiled ahead of time: features of the requests in a
 * file of JSON lines. docs/ahead-of-time.md says how it is built.
 * Usage: server requests.jsonl jsonl:profiles.jsonl (or lmdb:PATH, redis://HOST:PORT/DB ...) */
#include <stdio.h>
#include <stdlib.h>

#include "takeaway.h" /* by featc build --header */

/* A whole file; NULL, with the reason on stderr, where it cannot be read. */
static char* readFile(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  char* text = NULL;
  size_t room = 0;
  *size = 0;
  while (file != NULL) {
    if (*size == room) {
      char* more = (char*)realloc(text, room += 1 << 20);
      if (more == NULL) break;
      text = more;
    }
    size_t n = fread(text + *size, 1, room - *size, file);
    *size += n;
    if (n > 0) continue;
    fclose(file);
    return text;
  }
  perror(path);
  free(text);
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: server requests.jsonl STORE-URL\n");
    return 2;
  }
  featc_store store = {NULL, argv[2]}; /* serves every source */
  char* error = NULL;
  featc_extractor* extractor = featc_load_takeaway(&store, 1, &error);
  if (extractor == NULL) {
    fprintf(stderr, "%s\n", error != NULL ? error : "out of memory");
    featc_free_text(error);
    return 1;
  }
  featc_session* session = featc_new_session(extractor); /* one a thread, used again and again */
  size_t size = 0;
  char* requests = readFile(argv[1], &size);
  int failed = session == NULL || requests == NULL || featc_run_json(session, requests, size) != 0;
  if (session != NULL) fputs(featc_message(session), stderr);
  if (!failed) {
    featc_values price;
    featc_result_values(session, TAKEAWAY_OUTPUT_PRICE_LOG, &price); /* a row an item: price.dense[item] */
    fprintf(stderr, "%ld items, price_log of the first: %g\n", (long)featc_result_items(session),
            price.rows > 0 ? (double)price.dense[0] : 0.0);
    const char* json = featc_result_json(session, &size);
    failed = json == NULL || fwrite(json, 1, size, stdout) != size;
  }
  free(requests);
  featc_free_session(session);
  featc_free_extractor(extractor);
  return failed;
}
