// SPDX-License-Identifier: Apache-2.0
#include "featc/config.h"

featc_failure snippet(const featc_store* stores);
featc_failure snippet(const featc_store* stores) {
#include SNIPPET
  return failure;
}
