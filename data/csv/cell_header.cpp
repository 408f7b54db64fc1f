// SPDX-License-Identifier: Apache-2.0
// The first line of CSV and TSV.
#include "data/csv/cell_header.h"

#include <fmt/format.h>

#include <string_view>

#include "values/value.h"

namespace featc {
namespace {

void appendQuoted(std::string& out, std::string_view name) {
  out += '"';
  for (char c : name) {
    if (c == '"') out += c;
    out += c;
  }
  out += '"';
}

}  // namespace

Expected<std::string> cellHeader(std::span<const std::string> names, char delimiter) {
  const bool isTsv = delimiter == '\t';
  std::string out;
  for (const std::string& name : names) {
    if (&name != names.data()) out += delimiter;
    const bool isPlain = name.find_first_of(isTsv ? "\t\r\n" : "\"\r\n,") == std::string::npos;
    if (!isPlain && isTsv)
      return Error(
          fmt::format("TSV has no way to write the name {}: it holds a tab or line end; use --format csv", quote(name)),
          ErrorCode::BadArgument);
    if (isPlain)
      out += name;
    else
      appendQuoted(out, name);
  }
  return out + '\n';
}

}  // namespace featc
