// SPDX-License-Identifier: Apache-2.0
// Loads the module featc_arrow_files.so, and has it open files.
#include "tools/arrow_files.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "runtime/arrow/files/arrow_files.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModule = "featc_arrow_files.so";
constexpr const char* kNoModule =
    "this featc was built without Arrow files: run scripts/setup, which brings libarrow, then build it again";

// Beside the program, as it is built and as it is installed. Null, with the reason: there is none.
const FeatcArrowFiles* load(std::string& problem) {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& folder : {program / "lib/featc", program.parent_path() / "lib/featc"}) {
    const fs::path file = folder / kModule;
    if (!fs::exists(file, ignored)) continue;
    // Never closed: what it has made may be in use until the program ends.
    void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      problem = fmt::format("cannot load {}: {}", file.string(), dlerror());
      return nullptr;
    }
    auto* files = reinterpret_cast<const FeatcArrowFiles* (*)(uint32_t)>(dlsym(module, "featcArrowFiles"));
    const FeatcArrowFiles* found = files == nullptr ? nullptr : files(FEATC_ARROW_FILES_VERSION);
    if (found == nullptr) problem = fmt::format("{} is of another featc", file.string());
    return found;
  }
  problem = kNoModule;
  return nullptr;
}

const FeatcArrowFiles* arrowFiles(std::string& problem) {
  static std::string reason;
  static const FeatcArrowFiles* const files = load(reason);
  problem = reason;
  return files;
}

std::string taken(char* text) {
  std::string out = text == nullptr ? "" : text;
  std::free(text);
  return out;
}

int isParquet(std::string_view format) { return format == "parquet" ? 1 : 0; }

}  // namespace

bool isArrowFormat(std::string_view format) { return format == "arrow" || format == "parquet"; }

bool openArrowFile(const std::string& path, std::string_view format, ArrowOwner<ArrowArrayStream>& out,
                   std::string& problem) {
  const FeatcArrowFiles* files = arrowFiles(problem);
  if (files != nullptr) problem = taken(files->open(path.c_str(), isParquet(format), out.get()));
  return problem.empty();
}

}  // namespace featc
