// SPDX-License-Identifier: Apache-2.0
// Reads a stream of Arrow record batches as every other input format is read.
#pragma once

#include <memory>

#include "data/arrow/c_interface.h"
#include "data/record_reader.h"

namespace featc {

// Columns bind as docs/arrow.md says. A column that does not fit ends the reading; a row with a value that its
// field cannot hold is bad. `file` is the name in messages, a row's line its number from 1.
std::unique_ptr<RecordReader> newArrowReader(const ProgramInfo& info, ArrowOwner<ArrowArrayStream> in, std::string file,
                                             bool strict, DataSink sink);

}  // namespace featc
