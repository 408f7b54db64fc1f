// SPDX-License-Identifier: Apache-2.0
// How a row's features were computed.
#pragma once

#include "engine/explain/data_findings.h"
#include "engine/explain/explain.h"
#include "engine/explain/trace_row.h"
#include "featc/config.hpp"
