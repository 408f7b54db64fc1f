// SPDX-License-Identifier: Apache-2.0
// What is wrong with a command line, with the command or option that was probably meant.
#include "tools/command_line.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "support/print_error.h"
#include "support/suggest.h"

namespace featc {

namespace {

std::string proposal(std::string_view word, const std::vector<std::string>& known) {
  std::vector<std::string_view> names(known.begin(), known.end());
  auto nearest = nearestName(word, names);
  // `--stat` of `--stats`, `--out` of `--output`.
  if (!nearest && word.size() > 4)
    for (std::string_view name : names)
      if (name.starts_with(word)) nearest = std::string(name);
  return nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : std::string();
}

std::vector<std::string> commandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> optionNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// The first argument that nobody expected.
std::string_view unexpected(const CLI::App& command, int argc, char** argv) {
  std::vector<std::string> rest = command.remaining();
  for (int i = 1; i < argc; ++i) {
    std::string_view arg = argv[i];
    if (std::ranges::find(rest, arg) != rest.end()) return arg;
  }
  return {};
}

}  // namespace

void reportCommandLine(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<CLI::App*> chosen = app.get_subcommands();
  std::vector<std::string> commands = commandNames(app);
  if (chosen.empty()) {
    std::string_view word = argc > 1 ? argv[1] : "";
    if (word.empty())
      printError("featc: a command is missing\n");
    else if (word.starts_with('-'))
      printError("featc: there is no option \"{}\"{}\n", word, proposal(word, optionNames(app)));
    else
      printError("featc: there is no command \"{}\"{}\n", word, proposal(word, commands));
    printError("the commands are: {}; featc --help says what they do\n", fmt::join(commands, " "));
    return;
  }
  const CLI::App& command = *chosen.front();
  std::string_view word = unexpected(command, argc, argv);
  if (word.size() > 1 && word.starts_with('-')) {
    std::string_view name = word.substr(0, word.find('='));
    printError("featc {}: there is no option \"{}\"{}\n", command.get_name(), name,
               proposal(name, optionNames(command)));
  } else if (!word.empty()) {
    printError("featc {}: \"{}\" is one argument too many\n", command.get_name(), word);
  } else {
    printError("featc {}: {}\n", command.get_name(), error.what());
  }
  printError("featc {} --help says what it takes\n", command.get_name());
}

void runOutsideCommand(const CLI::App& app, char** argv) {
  if (argv[0] == nullptr || argv[1] == nullptr) return;
  const std::string name = argv[1];
  const std::vector<std::string> commands = commandNames(app);
  if (name.empty() || name.front() == '-' || name.find('/') != std::string::npos) return;
  if (std::ranges::find(commands, name) != commands.end()) return;
  std::string program = "featc-" + name;
  std::vector<char*> arguments = {program.data()};
  for (char** argument = argv + 2; *argument != nullptr; ++argument) arguments.push_back(*argument);
  arguments.push_back(nullptr);
  // A program that starts with these ignored would keep them so.
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_DFL);
  execvp(program.c_str(), arguments.data());
  if (errno != ENOENT) printError("featc: cannot run {}: {}\n", program, std::strerror(errno));
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace featc
