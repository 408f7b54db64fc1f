// SPDX-License-Identifier: Apache-2.0
#include "featc/arrow.hpp"

std::string snippet(const featc::Extractor& extractor, ArrowArrayStream rows) {
#include SNIPPET
  return error;
}
