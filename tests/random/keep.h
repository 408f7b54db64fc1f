// SPDX-License-Identifier: Apache-2.0
// Random programs as files that `featc run` of any build takes: scripts/compare-programs.
#pragma once

#include <cstdint>
#include <string>

#include "tests/random/checker.h"

namespace featc {

// Writes what stands beside configs into the folder: vocabulary files, and the plug-in in `plugins`.
void keepBeside(const std::string& folder);

// Writes FOLDER/N.feat, its requests as N.jsonl, the store rows that it asks for as N.store.jsonl where it has sources,
// and N.expected, what the interpreter makes of them in the form of `featc run --format json`. Data are what JSON can
// say. Where the config is refused, there is no N.expected.
void keepProgram(const RandomCase& given, const std::string& folder, uint64_t number);

}  // namespace featc
