// SPDX-License-Identifier: Apache-2.0
// The executor that computes calls without waiting.
#pragma once

#include "featc/run.hpp"
#include "runtime/seda/seda_executor.h"
