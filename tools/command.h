// SPDX-License-Identifier: Apache-2.0
// What the program's subcommands share: how they are added and how they end.
#pragma once

namespace CLI {
class App;
}

namespace featc {

// The program's exit codes.
inline constexpr int kFine = 0;
inline constexpr int kBadInput = 1;    // a config or data that is wrong, a file that cannot be read or written
inline constexpr int kBadCommand = 2;  // the command line itself

// Each adds its subcommand to `app`; when it runs, it leaves the exit code in `exitCode`.
using AddCommand = void (*)(CLI::App& app, int& exitCode);
void addCheckCommand(CLI::App& app, int& exitCode);
void addDumpCommand(CLI::App& app, int& exitCode);
void addOptCommand(CLI::App& app, int& exitCode);
void addRunCommand(CLI::App& app, int& exitCode);
void addLoadCommand(CLI::App& app, int& exitCode);
void addBuildCommand(CLI::App& app, int& exitCode);
void addExplainCommand(CLI::App& app, int& exitCode);
void addDecodeCommand(CLI::App& app, int& exitCode);
void addOpsCommand(CLI::App& app, int& exitCode);
void addVerifyCommand(CLI::App& app, int& exitCode);
void addImportFgCommand(CLI::App& app, int& exitCode);

}  // namespace featc
