// SPDX-License-Identifier: Apache-2.0
// The files are in the source tree, the plug-in (beside/plugin.c) is built with the tests.
#include "tests/random/beside.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace featc {
namespace {

constexpr const char* kLibrary = "librandom_plugin.so";

PluginFolders folders() { return {{FEATC_RANDOM_PLUGINS}}; }

}  // namespace

const std::vector<BesideFile>& besideFiles() {
  static const std::vector<BesideFile> kFiles = [] {
    std::vector<BesideFile> files;
    for (const char* name : {"words.txt", "numbers.tsv", "integers.txt"}) {
      std::ifstream in(std::string(FEATC_RANDOM_BESIDE) + "/" + name, std::ios::binary);
      files.push_back({name, {std::istreambuf_iterator<char>(in), {}}});
      if (files.back().content.empty()) throw std::runtime_error(std::string("cannot read ") + name);
    }
    return files;
  }();
  return kFiles;
}

const std::vector<std::shared_ptr<const ExternFn>>& besideExterns() {
  static const std::vector<std::shared_ptr<const ExternFn>> kExterns = [] {
    Type text = Type::string();
    Type number = Type::int64();
    Type real = Type::float64();
    Type flag = Type::boolean();
    const std::vector<ExternDecl> decls = {
        {"x_join", {{"a", text}, {"b", text.withNullable()}}, text, kLibrary},
        {"x_half", {{"a", number}}, real.withNullable(), kLibrary},
        {"x_total", {{"a", Type::list(real).withNullable()}}, real, kLibrary},
        {"x_bytes", {{"a", text}}, Type::list(text), kLibrary},
        {"x_not", {{"a", flag.withNullable()}}, flag.withNullable(), kLibrary},
        {"x_ratio", {{"a", number}, {"b", number}}, number, kLibrary},
    };
    std::vector<std::shared_ptr<const ExternFn>> externs;
    for (const ExternDecl& decl : decls) {
      LoadedExtern loaded = loadExtern(decl, folders());
      if (!loaded.fn) throw std::runtime_error(loaded.error);
      externs.push_back(std::move(loaded.fn));
    }
    return externs;
  }();
  return kExterns;
}

std::filesystem::path besidePlugin() { return std::filesystem::path(FEATC_RANDOM_PLUGINS) / kLibrary; }

std::string besideConfig() { return std::string(FEATC_RANDOM_BESIDE) + "/random.feat"; }

FrontendOptions besideOptions() {
  FrontendOptions options;
  options.root = FEATC_RANDOM_BESIDE;
  options.plugins = folders();
  return options;
}

}  // namespace featc
