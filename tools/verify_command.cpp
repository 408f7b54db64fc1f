// SPDX-License-Identifier: Apache-2.0
// featc verify: replays a log of calls and reports what comes out otherwise.
#include <fmt/core.h>

#include <charconv>
#include <memory>
#include <string>

#include "data/input_stream.h"
#include "data/log/replay.h"
#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/data_options.h"
#include "tools/output_file.h"
#include "tools/verify_target.h"

namespace featc {
namespace {

void appendDifferences(std::string& out, std::string_view what, const ReplayReport::Differences& differences) {
  if (differences.count == 0) return;
  out += fmt::format("{}: {}\n", what, differences.count);
  for (const std::string& example : differences.examples) out += fmt::format("  {}\n", example);
}

std::string thisIs(const ProgramInfo* info, const std::string& text) {
  return info == nullptr ? ", their version has another one" : ", this is " + text;
}

// What was not compared, and why.
std::string skippedText(const ReplayReport& report, const SkippedLines& skipped) {
  std::string out;
  for (const auto& [model, lines] : skipped.otherModels)
    out += fmt::format("of {}, not compared: {} lines\n", model, lines);
  for (const auto& [problem, lines] : skipped.unknownVersions)
    out += fmt::format("not compared: {} lines: {}\n", lines, problem);
  appendDifferences(out, "lines that cannot be read", report.unreadable);
  appendDifferences(out, "lines that say that they are incomplete", report.incomplete);
  appendDifferences(out, "lines that lack fields, and cannot be computed again", report.redacted);
  appendDifferences(out, "lines whose scores came from other tables, and were not compared", report.otherTables);
  return out;
}

std::string textOf(const ReplayReport& report, const SkippedLines& skipped, const ProgramInfo* info) {
  std::string out;
  for (const auto& [fingerprint, lines] : report.otherFingerprints)
    out += fmt::format("another config: {} lines were logged by {}{}\n", lines, fingerprint,
                       thisIs(info, info == nullptr ? "" : fingerprintText(info->fingerprint)));
  for (const auto& [semantics, lines] : report.otherSemantics)
    out += fmt::format("another meaning: {} lines were logged under semantics {}{}\n", lines, semantics,
                       thisIs(info, info == nullptr ? "" : std::to_string(info->semantics)));
  out += skippedText(report, skipped);
  appendDifferences(out, "keys that were not read then", report.unknownKeys);
  appendDifferences(out, "items with another status", report.statuses);
  for (const auto& [name, differences] : report.features) appendDifferences(out, name, differences);
  uint64_t differentScores = 0;
  for (const auto& [name, differences] : report.scores) {
    appendDifferences(out, "scores, " + name, differences);
    differentScores += differences.count;
  }
  out += fmt::format("{} lines, {} requests, {} items", report.lines, report.requests, report.items);
  if (info != nullptr) out += fmt::format(", {} features", info->outputs.size());
  if (report.scoredItems > 0) out += fmt::format(", {} scored", report.scoredItems);
  if (report.same()) return out + ": all the same\n";
  out += fmt::format(": {} items differ, in {} feature{}", report.differentItems, report.features.size(),
                     report.features.size() == 1 ? "" : "s");
  if (differentScores > 0) out += fmt::format("; scores differ: {}", differentScores);
  return out + "\n";
}

// Line by line; false, with the reason, where reading failed.
bool replayAll(VerifyTarget& target, InputWindow& window, ReplayReport& report, SkippedLines& skipped) {
  uint64_t number = 0;
  size_t searched = 0;
  for (;;) {
    std::string_view text = window.text();
    size_t end = text.find('\n', searched);
    if (end == std::string_view::npos) {
      searched = text.size();
      if (window.grow()) continue;
      text = window.text();
      if (!window.error().empty()) return false;
      if (text.empty()) return true;
      end = text.size();
    }
    std::string_view line = text.substr(0, end);
    ++number;
    searched = 0;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) target.replay(line, number, report, skipped);
    window.consume(std::min(end + 1, text.size()));
  }
}

int runVerify(VerifyOptions& options, const std::string& tolerance) {
  auto [end, wrong] = std::from_chars(tolerance.data(), tolerance.data() + tolerance.size(), options.tolerance);
  if (wrong != std::errc() || end != tolerance.data() + tolerance.size() || !(options.tolerance >= 0)) {
    printError("featc: --tolerance {}: it takes a number that is not negative, such as 1e-5\n", tolerance);
    return kBadCommand;
  }
  std::unique_ptr<VerifyTarget> target = openVerifyTarget(options);
  if (target == nullptr) return kBadInput;
  Expected<std::unique_ptr<ByteSource>> source = openText(options.input);
  if (!source) return failWith(source.error());
  InputWindow window(*std::move(source));
  ReplayReport report;
  report.mostExamples = options.examples;
  SkippedLines skipped;
  if (!replayAll(*target, window, report, skipped)) {
    printError("featc: cannot read {}: {}\n", options.input, window.error());
    return kBadInput;
  }
  if (report.lines == 0 && skipped.unknownVersions.empty()) {
    if (skipped.otherModels.empty())
      printError("featc: {} has no lines\n", options.input);
    else
      printError("featc: {} has no lines of {}, but of {}\n", options.input, options.config.file,
                 skipped.otherModels.begin()->first);
    return kBadInput;
  }
  int exitCode = printData(textOf(report, skipped, target->info()));
  // Fields that are left out on purpose are no difference, but then something must have been compared.
  const bool isGood = report.same() && skipped.unknownVersions.empty() && report.redacted.count < report.lines;
  return isGood ? exitCode : kBadInput;
}

}  // namespace

void addVerifyCommand(CommandLine& line) {
  auto options = std::make_shared<VerifyOptions>();
  auto tolerance = std::make_shared<std::string>("1e-5");
  Command command = line.add("verify", "Replay a log of calls and report every difference by feature");
  addConfigOptions(command, options->config);
  command.find("FILE").help("The config, a library that featc build made, or a model folder; - is stdin");
  command.option("--input", options->input, "The log, as featc run --log and featc serve --log write it; - is stdin")
      .required()
      .placeholder("LOG");
  command.option("--engine", options->engine, "Native code, or the interpreter; both give the same")
      .oneOf({"jit", "interp"})
      .showDefault();
  command
      .option("--tolerance", *tolerance,
              "How much scores may differ, where they are below 1; larger ones by as much of themselves")
      .placeholder("NUMBER")
      .showDefault();
  command.option("--examples", options->examples, "Lines that are named for each kind of difference")
      .within(uint64_t{1}, uint64_t{1'000'000'000})
      .showDefault();
  command.runs([options, tolerance] { return runVerify(*options, *tolerance); });
}

}  // namespace featc
