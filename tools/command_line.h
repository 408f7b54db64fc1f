// SPDX-License-Identifier: Apache-2.0
// What is wrong with a command line, with the command or option that was probably meant.
#pragma once

#include <CLI/CLI.hpp>

namespace featc {

// Prints it on stderr.
void reportCommandLine(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv);

}  // namespace featc
