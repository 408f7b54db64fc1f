// SPDX-License-Identifier: Apache-2.0
// The featc program: a table of subcommands.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "support/print_error.h"
#include "support/survive.h"
#include "tools/command.h"
#include "tools/command_line.h"
#include "tools/models_command.h"

namespace {

constexpr featc::AddCommand kCommands[] = {
    featc::addCheckCommand,       // is a config right?
    featc::addFmtCommand,         // its one layout
    featc::addDepsCommand,        // who reads what
    featc::addDiffCommand,        // what an edit does
    featc::addDumpCommand,        // every stage between its text and machine code
    featc::addOptCommand,         // the optimizer on a graph's text form
    featc::addRunCommand,         // features of data
    featc::addScoreCommand,       // scores of data
    featc::addPackCommand,        // seals a version of a model
    featc::addModelsCommand,      // which version of a model serves
    featc::addLoadCommand,        // rows into a store
    featc::addServeCommand,       // features and scores over HTTP and gRPC
    featc::addBuildCommand,       // ahead-of-time code
    featc::addExplainCommand,     // how one row's features came to be
    featc::addDecodeCommand,      // what an id means
    featc::addOpsCommand,         // the operator reference
    featc::addVerifyCommand,      // is a log's result still what comes out?
    featc::addImportFgCommand,    // a config of Alibaba's FG
    featc::addEmbeddingsCommand,  // tables of embeddings
};

int runProgram(int argc, char** argv) {
  CLI::App app{"Compiles feature configs into native code.", "featc"};
  app.set_version_flag("--version", "featc " FEATC_VERSION);
  app.require_subcommand(1);
  featc::CommandLine line(app);
  for (featc::AddCommand add : kCommands) add(line);
  app.footer("Any other NAME runs the program featc-NAME from PATH.");
  featc::runOutsideCommand(app, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help, --version
    featc::reportCommandLine(app, e, argc, argv);
    return featc::kBadCommand;
  }
  return line.exitCode();
}

}  // namespace

int main(int argc, char** argv) {
  // The first file that is opened would take the place of a stream that is closed, and what is meant for the stream
  // would go into it. This takes no words, so that writing fails and is noticed.
  while (true) {
    int stream = open("/dev/null", O_RDONLY);
    if (stream <= STDERR_FILENO && stream >= 0) continue;
    close(stream);
    break;
  }
  // Whoever reads our output may stop early: writing then fails, which is handled where it happens.
  std::signal(SIGPIPE, SIG_IGN);
  // So does writing beyond what a file may have.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return runProgram(argc, argv);
  } catch (...) {
    featc::printError("featc: {}\n", featc::currentMessage());
    return featc::kBadInput;
  }
}
