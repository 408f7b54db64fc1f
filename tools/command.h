// SPDX-License-Identifier: Apache-2.0
// The program's command line: its subcommands and their options. CLI11 reads it, but only command.cpp and
// command_line.cpp know that, since its templates take long to compile.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace featc {

// The program's exit codes.
inline constexpr int kFine = 0;
inline constexpr int kBadInput = 1;    // a config or data that is wrong, a file that cannot be read or written
inline constexpr int kBadCommand = 2;  // the command line itself

// What a command that cannot go on ends with: kBadCommand where the error is a BadArgument or a BadCache, else
// kBadInput. Prints the message. It is empty where the reason was printed when it arose.
int failWith(const Error& error);

// An option of a subcommand, or an argument without a name.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option& required();
  // What the help says of it, and what it calls the value: `DIR`.
  Option& help(const std::string& text);
  Option& placeholder(const std::string& name);
  Option& showDefault();
  // A list's option takes one value each time.
  Option& oneValueEach();
  Option& oneOf(const std::vector<std::string>& words);
  Option& within(int64_t low, int64_t high);
  Option& within(uint64_t low, uint64_t high);
  // Bytes such as `200MB`.
  Option& size();
  // Microseconds, with a unit: `50ms`.
  Option& duration();
  Option& excludes(const Option& other);

 private:
  CLI::Option* option_;
};

class CommandLine;

// A subcommand. What options set must live until it runs.
class Command {
 public:
  Command(CLI::App& app, CommandLine& line) : app_(app), line_(line) {}

  Option option(const std::string& names, std::string& to, const std::string& help);
  Option option(const std::string& names, std::optional<std::string>& to, const std::string& help);
  Option option(const std::string& names, std::vector<std::string>& to, const std::string& help);
  // Whole numbers; another text, or a number that is too small or too large, is a mistake that a message tells.
  Option option(const std::string& names, uint32_t& to, const std::string& help);
  Option option(const std::string& names, uint64_t& to, const std::string& help);
  Option option(const std::string& names, int64_t& to, const std::string& help);
  Option flag(const std::string& names, bool& to, const std::string& help);
  // `--NAME` and `--no-NAME`; `to` stays empty where neither is given.
  Option choice(const std::string& name, std::optional<bool>& to, const std::string& help);
  // One that was added before.
  Option find(const std::string& name);
  // What the subcommand does; gives the exit code.
  void runs(std::function<int()> run);
  // Instead: it has subcommands of its own, of which one is named.
  CommandLine subcommands();

 private:
  CLI::App& app_;
  CommandLine& line_;
};

// The whole command line.
class CommandLine {
 public:
  explicit CommandLine(CLI::App& app) : app_(app), root_(*this) {}
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  Command add(const std::string& name, const std::string& help);
  // Of the subcommand that ran.
  int exitCode() const { return exitCode_; }

 private:
  friend class Command;
  // Of the subcommands of a subcommand: the exit code is `root`'s.
  CommandLine(CLI::App& app, CommandLine& root) : app_(app), root_(root) {}

  CLI::App& app_;
  CommandLine& root_;
  int exitCode_ = kFine;
};

// Each adds its subcommand.
using AddCommand = void (*)(CommandLine& line);
void addCheckCommand(CommandLine& line);
void addFmtCommand(CommandLine& line);
void addDepsCommand(CommandLine& line);
void addDiffCommand(CommandLine& line);
void addDumpCommand(CommandLine& line);
void addOptCommand(CommandLine& line);
void addRunCommand(CommandLine& line);
void addScoreCommand(CommandLine& line);
void addPackCommand(CommandLine& line);
void addLoadCommand(CommandLine& line);
void addBuildCommand(CommandLine& line);
void addExplainCommand(CommandLine& line);
void addDecodeCommand(CommandLine& line);
void addOpsCommand(CommandLine& line);
void addVerifyCommand(CommandLine& line);
void addImportFgCommand(CommandLine& line);
void addEmbeddingsCommand(CommandLine& line);
void addServeCommand(CommandLine& line);

}  // namespace featc
