// SPDX-License-Identifier: Apache-2.0
// What a run must have in common with the one that it goes on from.
#pragma once

#include <string>

#include "runtime/program_info.h"
#include "tools/data_options.h"
#include "tools/run_journal.h"

namespace featc {

// featc itself, the config, the input with its size and time, how it is read and how features are written.
RunIdentity runIdentity(const ProgramInfo& info, const DataOptions& data, const std::string& writtenAs);

}  // namespace featc
