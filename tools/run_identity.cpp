// SPDX-License-Identifier: Apache-2.0
// Puts into words what a run is.
#include "tools/run_identity.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "engine/aot/version.h"
#include "support/json_quote.h"

namespace featc {
namespace {

std::string inputText(const DataOptions& data) {
  struct stat status{};
  if (data.input == "-" || stat(data.input.c_str(), &status) != 0) return jsonQuote(data.input);
  return fmt::format("{}, {} bytes, written {}.{:09}", jsonQuote(data.input), status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

std::string readAs(const DataOptions& data) {
  std::string text = fmt::format("--input-format {} --delimiter {} --list-delimiter {}", data.inputFormat,
                                 jsonQuote(data.delimiter), jsonQuote(data.listDelimiter));
  auto flag = [&](const char* name, std::optional<bool> value) {
    if (value) text += fmt::format(" {} {}", name, *value);
  };
  flag("--quote", data.quote);
  flag("--header", data.header);
  flag("--trim", data.trim);
  flag("--json-lists", data.jsonLists);
  text += " --columns " + jsonQuote(data.columns);
  for (const std::string& null : data.nulls) text += " --null " + jsonQuote(null);
  for (const std::string& store : data.stores) text += " --store " + jsonQuote(store);
  return text;
}

}  // namespace

RunIdentity runIdentity(const ProgramInfo& info, const DataOptions& data, const std::string& writtenAs) {
  return {{"featc", fmt::format("{} {}", featcVersion(), featcBuild())},
          {"config", fingerprintText(info.fingerprint)},
          {"input", inputText(data)},
          {"command", fmt::format("{} {}", readAs(data), writtenAs)}};
}

}  // namespace featc
