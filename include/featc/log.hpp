// SPDX-License-Identifier: Apache-2.0
// Logs of calls, and their replay.
#pragma once

#include "data/log/read_recorder.h"
#include "data/log/replay.h"
#include "data/log/request_log.h"
#include "featc/run.hpp"
