// SPDX-License-Identifier: Apache-2.0
// What lies beside every random config: vocabulary files and a plug-in.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "frontend/frontend.h"
#include "ops/extern_fn.h"

namespace featc {

struct BesideFile {
  std::string name;
  std::string content;
};
const std::vector<BesideFile>& besideFiles();

// The plug-in's functions.
const std::vector<std::shared_ptr<const ExternFn>>& besideExterns();
std::filesystem::path besidePlugin();

// Where a random config would stand, and options that let it have both.
std::string besideConfig();
FrontendOptions besideOptions();

}  // namespace featc
