// SPDX-License-Identifier: Apache-2.0
// Models that `featc build` compiled.
#pragma once

#include "engine/aot/model.h"
#include "featc/run.hpp"
