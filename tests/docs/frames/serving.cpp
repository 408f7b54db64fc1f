// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "featc/run.hpp"

featc::Error snippet(const featc::Extractor& extractor, const featc::Batch& batch) {
#include SNIPPET
  return error;
}
