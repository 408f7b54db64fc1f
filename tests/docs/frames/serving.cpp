// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "featc/run.hpp"

featc::RunError snippet(const featc::Extractor& extractor, const featc::Batch& batch) {
#include SNIPPET
  return error;
}
