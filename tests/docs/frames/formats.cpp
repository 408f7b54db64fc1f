// SPDX-License-Identifier: Apache-2.0
#include "data/formats/tensor_sequence.h"
#include "runtime/calls/extractor.h"

void snippet(const featc::Extractor& extractor, const featc::Result& result) {
#include SNIPPET
}
