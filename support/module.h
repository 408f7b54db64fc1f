// SPDX-License-Identifier: Apache-2.0
// Modules of the program: shared libraries in lib/featc that each know a large library, so that nothing else depends on
// it. They are loaded when they are needed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/error.h"

namespace featc {

// Loads `file` from beside the program, as it is built or as it is installed, and calls `entry`, a function that takes
// the version of the module's struct of functions and gives null where it has another one. `missing`: the message where
// there is no such file. The module is never unloaded: what it has made may be in use until the program ends.
Expected<const void*> loadModule(std::string_view file, const char* entry, uint32_t version, std::string_view missing);

// The same, with the type of the struct.
template <class Functions>
Expected<const Functions*> loadModule(std::string_view file, const char* entry, uint32_t version,
                                      std::string_view missing) {
  Expected<const void*> functions = loadModule(file, entry, version, missing);
  if (!functions) return functions.error();
  return static_cast<const Functions*>(*functions);
}

// Takes over a text that a module made with malloc; empty where it is null.
std::string takeModuleText(char* text);

}  // namespace featc
