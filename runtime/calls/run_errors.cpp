// SPDX-License-Identifier: Apache-2.0
// Errors of calls that can be told when there is no memory left.
#include "runtime/calls/run_errors.h"

#include "support/survive.h"

namespace featc {

// As short as a std::string holds it without asking for memory.
RunError outOfMemory() noexcept { return {"out of memory"}; }

RunError runError(std::string_view text) noexcept {
  try {
    return {std::string(text)};
  } catch (...) {
    return outOfMemory();
  }
}

RunError currentError() noexcept { return {currentMessage()}; }

}  // namespace featc
