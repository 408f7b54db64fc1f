// SPDX-License-Identifier: Apache-2.0
// One file test: its header, its sections, what it expects. docs/testing.md says what they mean.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace featc {

struct TestFile {
  std::filesystem::path path;
  // Settings of the header, `# stage: run` and so on.
  std::map<std::string, std::string> settings;
  std::string main;  // everything above the first section
  struct Section {
    std::string kind;  // `file`, `requests`, `store`, `columns`, `expect`, `check`
    std::string name;  // of a file
    std::string text;
  };
  std::vector<Section> sections;
  std::string untilExpect;  // the file's text before the expect section's content
  std::string expected;
  std::optional<std::string> checks;  // instead of what is expected

  std::string setting(const std::string& key) const {
    auto it = settings.find(key);
    return it == settings.end() ? std::string() : it->second;
  }
  // Text of the first section of a kind, or nothing.
  std::optional<std::string> section(std::string_view kind) const;
  // How `output` differs from what the test expects, to be shown; empty: it does not.
  std::string difference(const std::string& output) const;
};

// Fails where the test is malformed.
Expected<TestFile> readTest(const std::filesystem::path& path);
// Writes `output` as what the test expects.
void blessTest(const TestFile& test, const std::string& output);
// Lines that differ, `-` expected, `+` came out, with two lines around them.
std::string lineDiff(const std::string& expected, const std::string& actual);

}  // namespace featc
