// SPDX-License-Identifier: Apache-2.0
// Reading and blessing file tests, and the diff a failing one shows.
#include "tests/filetest/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "tests/common/partial_output.h"

namespace featc {
namespace {

constexpr std::string_view kKeys[] = {"stage", "passes", "config",  "main", "root",
                                      "warn",  "input",  "escapes", "hash", "import"};
constexpr std::string_view kSections[] = {"file", "requests", "store", "columns", "expect", "check"};

bool isSetting(const std::string& key) {
  return key.starts_with("limit ") || std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

std::string trimmed(std::string_view s) {
  size_t begin = s.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return std::string(s.substr(begin, s.find_last_not_of(" \t\r\n") - begin + 1));
}

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.emplace_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// `{{FF}}` as the byte FF.
std::string unescapeHex(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    bool escape = text.compare(i, 2, "{{") == 0 && text.compare(std::min(i + 4, text.size()), 2, "}}") == 0;
    if (!escape) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
    i += 5;
  }
  return out;
}

void readHeader(TestFile& test, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (!line.starts_with('#')) return;
    size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string key = trimmed(std::string_view(line).substr(1, colon - 1));
    if (isSetting(key)) test.settings[key] = trimmed(std::string_view(line).substr(colon + 1));
  }
}

std::optional<std::string> fileText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

}  // namespace

std::optional<std::string> TestFile::section(std::string_view kind) const {
  for (const Section& s : sections)
    if (s.kind == kind) return s.text;
  return std::nullopt;
}

std::string TestFile::difference(const std::string& output) const {
  if (checks) return unmetChecks(*checks, output);
  return output == expected ? "" : "- expected, + came out\n" + lineDiff(expected, output);
}

Expected<TestFile> readTest(const std::filesystem::path& path) {
  auto malformed = [&](std::string message) { return Error(std::move(message), ErrorCode::Failed, path.string()); };
  std::optional<std::string> text = fileText(path);
  if (!text) return malformed("cannot be read");
  TestFile test;
  test.path = path;
  std::vector<std::string> lines = linesOf(*text);
  readHeader(test, lines);
  std::string* into = &test.main;
  bool inLast = false;
  for (const std::string& line : lines) {
    if (!inLast && line.starts_with("--- ")) {
      std::string title = trimmed(std::string_view(line).substr(4));
      size_t colon = title.find(':');
      std::string name = colon == std::string::npos ? "" : trimmed(std::string_view(title).substr(colon + 1));
      std::string kind = title.substr(0, colon);
      if (std::ranges::find(kSections, kind) == std::end(kSections))
        return malformed(fmt::format("unknown section \"{}\"", kind));
      inLast = kind == "expect" || kind == "check";
      test.untilExpect += line;
      test.sections.push_back({kind, name, ""});
      into = &test.sections.back().text;
      continue;
    }
    *into += line;
    if (!inLast) test.untilExpect += line;
  }
  test.checks = test.section("check");
  test.expected = test.section("expect").value_or("");
  if (!inLast) test.untilExpect += "--- expect\n";
  if (test.setting("stage").empty()) return malformed("no \"# stage: ...\" line in the header");
  if (std::string config = test.setting("config"); !config.empty()) {
    text = fileText(path.parent_path() / config);
    if (!text) return malformed(fmt::format("its config {} cannot be read", config));
    test.main = *text;
  }
  if (test.setting("escapes") == "hex") {
    test.main = unescapeHex(test.main);
    for (TestFile::Section& s : test.sections)
      if (s.kind != "expect") s.text = unescapeHex(s.text);
  }
  return test;
}

void blessTest(const TestFile& test, const std::string& output) {
  std::ofstream(test.path, std::ios::binary) << test.untilExpect << output;
}

std::string lineDiff(const std::string& expected, const std::string& actual) {
  std::vector<std::string> a = linesOf(expected);
  std::vector<std::string> b = linesOf(actual);
  // Longest common subsequence; a test's output is a few hundred lines at most.
  constexpr size_t kMaxLines = 3000;
  a.resize(std::min(a.size(), kMaxLines));
  b.resize(std::min(b.size(), kMaxLines));
  std::vector<std::vector<uint32_t>> common(a.size() + 1, std::vector<uint32_t>(b.size() + 1, 0));
  for (size_t i = a.size(); i-- > 0;)
    for (size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::vector<std::string> out;
  std::vector<bool> changed;
  auto put = [&](char sign, const std::string& line) {
    out.push_back(sign + (line.ends_with('\n') ? line : line + "\n"));
    changed.push_back(sign != ' ');
  };
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      put(' ', a[i]), ++i, ++j;
    } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
      put('-', a[i++]);
    } else {
      put('+', b[j++]);
    }
  }
  std::string text;
  for (size_t k = 0; k < out.size(); ++k) {
    bool near = false;
    for (size_t m = k < 2 ? 0 : k - 2; m < std::min(k + 3, out.size()); ++m) near = near || changed[m];
    if (near) text += "    " + out[k];
  }
  return text;
}

}  // namespace featc
