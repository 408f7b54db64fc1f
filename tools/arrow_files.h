// SPDX-License-Identifier: Apache-2.0
// Arrow IPC and Parquet files of the program, through the module that knows libarrow.
#pragma once

#include <string>
#include <string_view>

#include "runtime/arrow/c_interface.h"

namespace featc {

// Whether a format is `arrow` or `parquet`.
bool isArrowFormat(std::string_view format);

// The record batches of a file; false, with the reason, where there are none.
bool openArrowFile(const std::string& path, std::string_view format, ArrowOwner<ArrowArrayStream>& out,
                   std::string& problem);

}  // namespace featc
