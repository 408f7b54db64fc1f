// SPDX-License-Identifier: Apache-2.0
// The first answer after load, and loading what was compiled before: each in a new process.
#include <fmt/format.h>

#include <stdlib.h>

#include <filesystem>

#include "bench/families.h"

namespace featc::bench {

namespace {

// A folder of this process's own that goes with it.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / "featc-bench-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) throw Broken("cannot make a temporary folder");
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string milliseconds(const Samples& samples) { return fmt::format("{:.1f}", samples.median()); }

void firstAnswer(Suite& suite, const std::string& config) {
  Folder folder;
  auto figures = suite.children(fmt::format("answer/{}", config), fmt::format("answer {} {}", config, folder.path()),
                                suite.quick() ? 3 : 11);
  std::vector<std::vector<std::string>> table(2);
  for (const char* stage : {"parse", "check", "optimize", "engine", "call", "first", "first_cpu", "native_after"}) {
    table[0].emplace_back(stage);
    table[1].push_back(milliseconds(figures[stage]));
  }
  suite.table(fmt::format("{}: from load to the first answer, for 100 items, and to native code, ms", config), table);
  bool generated = config.starts_with("generated");
  double first = figures["first"].median() - (generated ? figures["parse"].median() : 0);
  std::string note =
      fmt::format("longest call until native code answered {} ms, no answer changed", milliseconds(figures["longest"]));
  suite.atMost(fmt::format("first answer of {} after {}", config, generated ? "parsing" : "load"), first, 60, "ms",
               note);
}

void loadAgain(Suite& suite, const std::string& config) {
  Folder folder;
  std::string command = fmt::format("load {} {}", config, folder.path());
  auto fresh = suite.children(fmt::format("load/{}", config), command, 1);
  auto cached = suite.children(fmt::format("load/{}", config), command, suite.quick() ? 3 : 11);
  if (!cached.contains("cached") || cached.contains("fresh")) throw Broken("the cache forgot the config");
  suite.table(fmt::format("{}: loading through the cache, ms", config),
              {{"nothing there", "everything there", "its CPU", "of it code"},
               {milliseconds(fresh["fresh"]), milliseconds(cached["cached"]), milliseconds(cached["cached_cpu"]),
                milliseconds(cached["code"])}});
  suite.atMost(fmt::format("load {} from the cache", config), cached["cached"].median(), 10, "ms");
}

}  // namespace

void benchLoading(Suite& suite) {
  for (const char* config : {"mix 1000", "generated 1000"}) firstAnswer(suite, config);
  for (const char* config : {"mix 1000", "generated 1000"}) loadAgain(suite, config);
}

}  // namespace featc::bench
