// SPDX-License-Identifier: Apache-2.0
// Reads JSON lines, one request a line: `{"request": {...}, "items": [{...}, ...]}`.
#pragma once

#include <memory>

#include "data/record_reader.h"

namespace featc {

// Blank lines are skipped. A line that is not JSON counts as a request without items; a value that
// does not fit its field makes its item bad, or with a request field the whole request. Of a key
// that an object repeats the last one counts. Keys without a field, and optional fields that never
// appear, are each warned of once, at the end. `file` is the name in messages.
std::unique_ptr<RecordReader> newJsonReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source,
                                            std::string file, bool strict, DataSink sink);

}  // namespace featc
