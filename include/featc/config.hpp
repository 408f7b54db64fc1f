// SPDX-License-Identifier: Apache-2.0
// Configs: compiled and opened in the program.
#pragma once

#include "engine/compile.h"
#include "engine/open_config.h"
#include "featc/run.hpp"
