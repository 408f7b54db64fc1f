// SPDX-License-Identifier: Apache-2.0
// Loads modules of the program.
#include "support/module.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace featc {

Expected<const void*> loadModule(std::string_view file, const char* entry, uint32_t version, std::string_view missing) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& folder : {program / "lib/featc", program.parent_path() / "lib/featc"}) {
    const fs::path path = folder / file;
    if (!fs::exists(path, ignored)) continue;
    void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      return Error(fmt::format("cannot load {}: {}", path.string(), dlerror()), ErrorCode::Failed, path.string());
    }
    auto* give = reinterpret_cast<const void* (*)(uint32_t)>(dlsym(module, entry));
    const void* functions = give == nullptr ? nullptr : give(version);
    if (functions == nullptr) {
      return Error(fmt::format("{} belongs to another version of featc", path.string()), ErrorCode::OtherBuild,
                   path.string());
    }
    return functions;
  }
  return Error(std::string(missing), ErrorCode::Failed);
}

std::string takeModuleText(char* text) {
  std::string out = text == nullptr ? "" : text;
  std::free(text);
  return out;
}

}  // namespace featc
