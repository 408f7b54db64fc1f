/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/arrow.md at 9e30a05, unchanged between the lines. */
#include "runtime/arrow/arrow_stream.h"

std::string snippet(const featc::Extractor& extractor, ArrowArrayStream rows);
std::string snippet(const featc::Extractor& extractor, ArrowArrayStream rows) {
/* --- */
ArrowArrayStream features;
featc::ArrowStreamOptions options;
std::string error = featc::extractArrowStream(extractor, &rows, options, &features);
/* --- */
  return error;
}
