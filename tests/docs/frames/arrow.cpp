// SPDX-License-Identifier: Apache-2.0
#include "data/arrow/arrow_stream.h"

std::string snippet(const featc::Extractor& extractor, ArrowArrayStream rows) {
#include SNIPPET
  return error;
}
