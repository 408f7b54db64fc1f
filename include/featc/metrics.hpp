// SPDX-License-Identifier: Apache-2.0
// Counts and latencies in Prometheus' text format.
#pragma once

#include "featc/run.hpp"
#include "runtime/metrics/metrics.h"
