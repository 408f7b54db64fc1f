// SPDX-License-Identifier: Apache-2.0
// featc models.
#pragma once

#include "tools/command.h"

namespace featc {

// Adds the subcommand.
void addModelsCommand(CommandLine& line);

}  // namespace featc
