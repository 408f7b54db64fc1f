// SPDX-License-Identifier: Apache-2.0
// Changes the version and labels in the text of model.toml, line by line, and reads the outcome to see that nothing
// else has changed.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/model/model_settings.h"

namespace featc {
namespace {

constexpr std::string_view kBlank = " \t";

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view withoutBlanks(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlank);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

bool beginsTable(std::string_view line) { return withoutBlanks(line).starts_with('['); }

// The lines [first, last) of a table: of the file's own keys, or of `[labels]`. Nothing: there is no such table.
struct Range {
  size_t first = 0;
  size_t last = 0;
};
std::optional<Range> tableAt(const std::vector<std::string>& lines, std::string_view header) {
  Range range;
  if (!header.empty()) {
    auto at =
        std::ranges::find_if(lines, [&](const std::string& line) { return withoutBlanks(line).starts_with(header); });
    if (at == lines.end()) return std::nullopt;
    range.first = static_cast<size_t>(at - lines.begin()) + 1;
  }
  range.last = range.first;
  while (range.last < lines.size() && !beginsTable(lines[range.last])) ++range.last;
  return range;
}

// Where the value of `key` begins in a line `key = value`; nothing where the line is another.
std::optional<size_t> valueOf(std::string_view line, std::string_view key) {
  std::string_view rest = withoutBlanks(line);
  const bool isQuoted = rest.starts_with('"') || rest.starts_with('\'');
  if (isQuoted) rest.remove_prefix(1);
  if (!rest.starts_with(key)) return std::nullopt;
  rest.remove_prefix(key.size());
  if (isQuoted && !rest.empty()) rest.remove_prefix(1);
  rest = withoutBlanks(rest);
  if (!rest.starts_with('=')) return std::nullopt;
  rest.remove_prefix(1);
  return line.size() - withoutBlanks(rest).size();
}

// Sets the key in the lines of a table: what stands behind the value stays.
void set(std::vector<std::string>& lines, Range range, std::string_view key, const std::string& value) {
  for (size_t i = range.first; i < range.last; ++i) {
    const std::optional<size_t> begin = valueOf(lines[i], key);
    if (!begin) continue;
    const std::string_view rest = std::string_view(lines[i]).substr(*begin);
    const bool isText = rest.starts_with('"') || rest.starts_with('\'');
    size_t end = isText ? rest.find(rest[0], 1) : rest.find_first_of(" \t#\r");
    end = end == std::string_view::npos ? rest.size() : end + (isText ? 1 : 0);
    lines[i].replace(*begin, end, value);
    return;
  }
  // Behind the last line with something in it.
  size_t at = range.last;
  while (at > range.first && withoutBlanks(lines[at - 1]).empty()) --at;
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), fmt::format("{} = {}", key, value));
}

bool isNumber(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

}  // namespace

Expected<std::string> editModelSettings(std::string_view text, const std::filesystem::path& file,
                                        const ModelSettings& wanted) {
  Expected<ModelSettings> before = parseModelSettings(text, file);
  if (!before) return std::move(before).error();
  std::vector<std::string> lines = linesOf(text);
  if (before->version != wanted.version)
    set(lines, tableAt(lines, "").value_or(Range()), "version",
        isNumber(wanted.version) ? wanted.version : fmt::format("\"{}\"", wanted.version));
  ModelSettings expected = *before;
  expected.version = wanted.version;
  for (const auto& [label, number] : wanted.labels) {
    expected.labels[label] = number;
    if (auto had = before->labels.find(label); had != before->labels.end() && had->second == number) continue;
    std::optional<Range> labels = tableAt(lines, "[labels]");
    if (!labels) {
      if (!lines.empty()) lines.emplace_back();
      lines.emplace_back("[labels]");
      labels = tableAt(lines, "[labels]");
    }
    set(lines, *labels, label, std::to_string(number));
  }
  std::string edited;
  for (const std::string& line : lines) edited += line + "\n";
  Expected<ModelSettings> after = parseModelSettings(edited, file);
  if (!after || *after != expected) {
    std::string set = fmt::format("version = \"{}\"", wanted.version);
    for (const auto& [label, number] : wanted.labels) set += fmt::format(", labels.{} = {}", label, number);
    return Error(fmt::format("{} is written so that featc cannot change it: set {} yourself, or write the labels as a "
                             "table [labels] with a line each",
                             file.string(), set),
                 ErrorCode::BadModel, file.string());
  }
  return edited;
}

}  // namespace featc
