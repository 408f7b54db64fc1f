// SPDX-License-Identifier: Apache-2.0
#include "featc/seda.hpp"

featc::Error snippet(const featc::Extractor& extractor, const featc::Batch& batch,
                     std::chrono::steady_clock::time_point deadline) {
#include SNIPPET
  return refused;
}
