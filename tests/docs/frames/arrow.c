// SPDX-License-Identifier: Apache-2.0
#include "featc/run.h"

featc_failure snippet(featc_session* session, const featc_extractor* extractor);
featc_failure snippet(featc_session* session, const featc_extractor* extractor) {
  extern struct ArrowSchema schema, features_schema;
  extern struct ArrowArray rows, features;
  featc_failure failure;
#include SNIPPET
  return failure;
}
