/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/formats.md at 9e30a05, unchanged between the lines. */
#include "featc/data.hpp"

void snippet(const featc::Extractor& extractor, const featc::Result& result) {
/* --- */
featc::TensorSequenceEncoder encoder(extractor.info());
std::string wire;  // kept: a warm call allocates nothing
encoder.encode(result, wire);
/* --- */
}
