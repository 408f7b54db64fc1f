// SPDX-License-Identifier: Apache-2.0
// What is wrong with a command line, with the command or option that was probably meant.
#pragma once

#include <CLI/CLI.hpp>

namespace featc {

// Prints it on stderr.
void reportCommandLine(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv);

// Where the first argument is not a command of the program, `featc-NAME` from PATH takes this program's place, as git
// does it. Returns where there is none.
void runOutsideCommand(const CLI::App& app, char** argv);

}  // namespace featc
