// SPDX-License-Identifier: Apache-2.0
// The stores that the command line names.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/kept_stores.h"

namespace server {

// From `NAME=URL` each, `default` for all other sources; `error` says what is wrong with them. Each is opened
// when a config first reads it, and once for all configs.
std::shared_ptr<featc::KeptStores> keptStores(const std::vector<std::string>& options, std::string& error);

}  // namespace server
