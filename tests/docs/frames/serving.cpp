// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "runtime/calls/extractor.h"

featc::RunError snippet(const featc::Extractor& extractor, const featc::Batch& batch) {
#include SNIPPET
  return error;
}
