// SPDX-License-Identifier: Apache-2.0
// Rows of JSON lines into a store, for tests and benchmarks.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/program_info.h"

namespace featc::test {

// Throws std::runtime_error where a row cannot be written.
void fillStore(const std::string& url, std::span<const SourceInfo> sources, std::string_view lines);

}  // namespace featc::test
