// SPDX-License-Identifier: Apache-2.0
#include "runtime/extractor.h"
#include "runtime/formats/tensor_sequence.h"

void snippet(const featc::Extractor& extractor, const featc::Result& result) {
#include SNIPPET
}
