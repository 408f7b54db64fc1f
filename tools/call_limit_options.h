// SPDX-License-Identifier: Apache-2.0
// What a request may cost, as the command line says it.
#pragma once

#include <cstdint>

#include "runtime/call_limits.h"

namespace featc {

class Command;

struct CallLimitOptions {
  uint64_t computingMicroseconds = 0;
  int64_t items = 0;
  uint64_t valueBytes = 0;
  uint64_t resultBytes = 0;
  uint32_t rowIds = 0;
  uint64_t memory = 0;  // of all requests together

  CallLimits limits() const;
  // Whether a request can go past one of them.
  bool any() const;
};

void addCallLimitOptions(Command& command, CallLimitOptions& options);

}  // namespace featc
