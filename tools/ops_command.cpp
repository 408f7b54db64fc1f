// SPDX-License-Identifier: Apache-2.0
// featc ops: the operator reference, from the operator records.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/operator.h"
#include "ops/reference.h"
#include "support/print_error.h"
#include "support/suggest.h"
#include "tools/command.h"
#include "tools/output_file.h"

namespace featc {
namespace {

struct OpsOptions {
  std::string name;
  bool markdown = false;
};

std::string oneLineEach() {
  size_t width = 0;
  for (const auto& op : operators().all())
    if (!op->isInternal) width = std::max(width, op->name.size());
  std::string text;
  for (const auto& op : operators().all())
    if (!op->isInternal) text += fmt::format("{:<{}}  {}\n", op->name, width, op->doc);
  return text;
}

std::string entry(const Operator& op) {
  std::string text = fmt::format("{}: {}\n", op.name, op.doc);
  if (!op.symbol.empty()) text += fmt::format("  written {}\n", op.symbol);
  for (const std::string& signature : signatures(op)) text += fmt::format("  {}\n", signature);
  text += fmt::format("  {}\n", missingRule(op));
  if (std::string constants = constantRule(op); !constants.empty()) text += fmt::format("  {}\n", constants);
  for (const Example& example : op.examples)
    text += fmt::format("  {} is {}{}\n", example.expression, example.result, sinceText(example));
  return text;
}

int unknownOperator(const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& op : operators().all())
    if (!op->isInternal) names.push_back(op->name);
  std::optional<std::string> nearest = nearestName(name, names);
  printError("featc ops: there is no operator \"{}\"{}\n", name,
             nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "");
  return kBadCommand;
}

int runOps(const OpsOptions& options) {
  if (options.markdown) return printData(operatorsMarkdown());
  if (options.name.empty()) return printData(oneLineEach());
  // Both `add` and `+` name an operator; a sign may name two, unary and binary.
  std::string text;
  for (const auto& op : operators().all())
    if (!op->isInternal && (op->name == options.name || op->symbol == options.name)) text += entry(*op);
  if (!text.empty()) return printData(text);
  Registry::Foreign foreign = operators().findForeign(options.name);
  if (foreign.op == nullptr) return unknownOperator(options.name);
  text = fmt::format("{} is called {} here{}{}\n", options.name, foreign.op->name,
                     foreign.difference.empty() ? "" : "; ", foreign.difference);
  return printData(text + entry(*foreign.op));
}

}  // namespace

void addOpsCommand(CommandLine& line) {
  auto options = std::make_shared<OpsOptions>();
  Command command = line.add("ops", "Print the operator reference: one line per operator, or one operator in full");
  Option name = command.option("NAME", options->name, "An operator's name or sign");
  command.flag("--markdown", options->markdown, "The whole reference as docs/operators.md holds it").excludes(name);
  command.runs([options] { return runOps(*options); });
}

}  // namespace featc
