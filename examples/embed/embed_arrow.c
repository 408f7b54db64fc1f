/* SPDX-License-Identifier: Apache-2.0 */
/* featc inside a C program that has its rows as Arrow: two columns go in, two columns of features come out, through
 * Arrow's C data interface and without an Arrow library.
 * Usage: embed_arrow orders.feat */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "featc/arrow.h"
#include "featc/config.h"

/* The rows lie in static memory: there is nothing to free. */
static void release_schema(struct ArrowSchema* schema) { schema->release = NULL; }
static void release_rows(struct ArrowArray* rows) {
  printf("featc has read the rows\n");
  rows->release = NULL;
}

/* Three orders: an int64 and a string each. The second one has no city. */
static const int64_t kDish[] = {7, 8, 9};
static const uint8_t kHasCity[] = {5}; /* bits 0 and 2 */
static const int32_t kCityEnds[] = {0, 4, 4, 8};
static const char kCities[] = "RomeOslo";

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  char* error;
  featc_extractor* extractor;
  featc_failure failure = featc_open_config(argv[1], NULL, &extractor, &error);
  if (failure != FEATC_FINE) {
    fprintf(stderr, "%s: %s\n", featc_failure_name(failure), error != NULL ? error : "out of memory");
    featc_free_text(error);
    return 1;
  }
  featc_session* session = featc_new_session(extractor);
  if (session == NULL) return 1;

  struct ArrowSchema dish = {.format = "l", .name = "dish", .release = release_schema};
  struct ArrowSchema city = {.format = "u", .name = "city", .flags = 2 /* nullable */, .release = release_schema};
  struct ArrowSchema* fields[] = {&dish, &city};
  struct ArrowSchema schema = {
      .format = "+s", .name = "", .n_children = 2, .children = fields, .release = release_schema};

  const void* dish_buffers[] = {NULL, kDish};
  const void* city_buffers[] = {kHasCity, kCityEnds, kCities};
  struct ArrowArray dishes = {.length = 3, .n_buffers = 2, .buffers = dish_buffers, .release = release_rows};
  struct ArrowArray cities = {
      .length = 3, .null_count = 1, .n_buffers = 3, .buffers = city_buffers, .release = release_rows};
  struct ArrowArray* columns[] = {&dishes, &cities};
  const void* no_bitmap[] = {NULL};
  struct ArrowArray rows = {
      .length = 3, .n_buffers = 1, .n_children = 2, .buffers = no_bitmap, .children = columns, .release = release_rows};

  failure = featc_run_arrow(session, &schema, &rows); /* rows are featc's from here on */
  fprintf(stderr, "%s\n", featc_message(session));    /* what went wrong, or what is odd; "" if nothing */
  struct ArrowArray features = {.release = NULL};
  if (failure == FEATC_FINE) failure = featc_result_arrow(session, NULL, &features);
  /* The features stay when the session and the extractor are gone. */
  featc_free_session(session);
  featc_free_extractor(extractor);
  if (failure != FEATC_FINE) {
    fprintf(stderr, "%s\n", featc_failure_name(failure));
    return 1;
  }
  for (int64_t row = 0; row < features.length; ++row) {
    const struct ArrowArray* taste = features.children[0]; /* an id, or null: a bit in the bitmap says which */
    const uint8_t* present = taste->buffers[0];
    const uint64_t* ids = taste->buffers[1];
    printf("row %" PRId64 ":", row);
    if (present == NULL || (present[row / 8] >> (row % 8) & 1) != 0) printf(" %" PRIu64, ids[row]);
    const float* weights = features.children[1]->buffers[1];
    printf(", weight %g\n", (double)weights[row]);
  }
  features.release(&features);
  return 0;
}
