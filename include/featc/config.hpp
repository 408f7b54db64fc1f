// SPDX-License-Identifier: Apache-2.0
// Configs: compiled and opened in the program.
#pragma once

#include "engine/compile.h"
#include "engine/load.h"
#include "featc/run.hpp"
