// SPDX-License-Identifier: Apache-2.0
#include "featc/data.hpp"

void snippet(const featc::Extractor& extractor, const featc::Result& result) {
#include SNIPPET
}
