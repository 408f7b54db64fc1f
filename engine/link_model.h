// SPDX-License-Identifier: Apache-2.0
// From a model's object code to a shared library, by the system's compiler.
#pragma once

#include <filesystem>
#include <string>

#include "engine/build_model.h"

namespace featc {

struct LinkOptions {
  // The folder with libfeatc_run.a and link.txt for the target; empty: looked for beside the program.
  std::filesystem::path runtime;
  // False: the library holds the model only, for programs that have the runtime themselves.
  bool withRuntime = true;
  // The name under which programs that are linked with the library will look for it.
  std::string soname = "libmodel.so";
};

// The bytes of the library, or why there is none.
struct LinkedLibrary {
  std::string bytes;
  std::string error;
};
LinkedLibrary linkLibrary(const BuiltObject& object, const LinkOptions& options = {});

}  // namespace featc
