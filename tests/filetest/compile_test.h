// SPDX-License-Identifier: Apache-2.0
// The config of a file test, compiled as far as its stage wants.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "frontend/frontend.h"
#include "ir/graph.h"
#include "tests/filetest/test_file.h"

namespace featc {

// A folder that holds the test's files while it runs.
class TestFolder {
 public:
  explicit TestFolder(const TestFile& test);
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Without the folder's own name, which is another one each time.
  std::string withoutPath(std::string text) const;

 private:
  std::filesystem::path path_;
};

struct Compiled {
  Sources sources;
  Diagnostics diagnostics;
  Ast ast;
  std::optional<Graph> graph;
};

// `lower`: further than the Ast.
void compileTest(const TestFile& test, const TestFolder& folder, bool lower, Compiled& compiled);

}  // namespace featc
