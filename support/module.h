// SPDX-License-Identifier: Apache-2.0
// Modules of the program: shared libraries in lib/featc that each know a large library, so that nothing else depends on
// it. They are loaded when they are needed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace featc {

// What the module's entry function gave, a struct of functions; null, with the reason: it cannot be used.
struct Module {
  const void* functions = nullptr;
  std::string problem{};
};

// Loads `file` from beside the program, as it is built or as it is installed, and calls `entry`, a function that takes
// the version of the struct and gives null where it has another one. `missing`: the reason where there is no such file.
// The module is never unloaded: what it has made may be in use until the program ends.
Module loadModule(std::string_view file, const char* entry, uint32_t version, std::string_view missing);

// Takes over a text that a module made with malloc; empty where it is null.
std::string takeModuleText(char* text);

}  // namespace featc
