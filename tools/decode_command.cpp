// SPDX-License-Identifier: Apache-2.0
// featc decode: what an id means.
#include <fmt/core.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/print_error.h"
#include "tools/command.h"
#include "tools/config.h"
#include "tools/output_file.h"
#include "values/hash.h"

namespace featc {
namespace {

struct DecodeOptions {
  std::vector<std::string> ids;
  std::optional<std::string> config;
  ConfigOptions compile;
};

std::optional<uint64_t> parseId(const std::string& text) {
  uint64_t id = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

// The outputs that use a slot; several where it is shared.
std::string namesOfSlot(const ProgramInfo& info, uint32_t slot) {
  std::string names;
  for (const OutputInfo& output : info.outputs)
    if (output.kind != OutputKind::Dense && output.slot == slot) names += (names.empty() ? "" : " or ") + output.name;
  return names.empty() ? "no feature of this config" : names;
}

std::string describe(uint64_t id, const ProgramInfo* info) {
  if (id == 0) return "0: no id (a missing element of a sequence)\n";
  uint32_t slot = slotOf(id);
  std::string name = info == nullptr ? "" : fmt::format(", {}", namesOfSlot(*info, slot));
  return fmt::format("{}: slot {}{}, payload {}\n", id, slot, name, payloadOf(id));
}

int runDecode(const DecodeOptions& options) {
  std::vector<uint64_t> ids;
  for (const std::string& text : options.ids) {
    std::optional<uint64_t> id = parseId(text);
    if (!id) {
      printError("featc decode: \"{}\" is not an id: an id is a whole number from 0 to 2^64-1\n", text);
      return kBadCommand;
    }
    ids.push_back(*id);
  }
  std::optional<ProgramInfo> info;
  if (options.config) {
    ConfigOptions compile = options.compile;
    compile.file = *options.config;
    std::optional<CompiledConfig> config = compileAndReport(compile);
    if (!config) return kBadInput;
    info = config->raw.info();
  }
  std::string text;
  for (uint64_t id : ids) text += describe(id, info ? &*info : nullptr);
  return printData(text);
}

}  // namespace

void addDecodeCommand(CommandLine& line) {
  auto options = std::make_shared<DecodeOptions>();
  Command command = line.add("decode", "Show what ids mean: slot, feature name, payload");
  command.option("ID", options->ids, "Ids as unsigned decimal integers").required();
  command.option("--config", options->config, "The config that made the ids, for the features' names");
  addCompileOptions(command, options->compile);
  command.runs([options] { return runDecode(*options); });
}

}  // namespace featc
