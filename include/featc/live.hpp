// SPDX-License-Identifier: Apache-2.0
// Configs that are replaced while they serve.
#pragma once

#include "engine/config_watcher.h"
#include "engine/live_config.h"
#include "engine/live_metrics.h"
#include "featc/config.hpp"
#include "stores/kept_stores.h"
