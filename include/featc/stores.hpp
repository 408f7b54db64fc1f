// SPDX-License-Identifier: Apache-2.0
// Stores that sources read from.
#pragma once

#include "data/memory/memory_store.h"
#include "featc/error.hpp"
#include "runtime/reads/store.h"
#include "stores/kept_stores.h"
#include "stores/open_store.h"
#include "stores/store_states.h"
