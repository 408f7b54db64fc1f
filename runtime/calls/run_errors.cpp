// SPDX-License-Identifier: Apache-2.0
// Errors of calls that can be told when there is no memory left.
#include "runtime/calls/run_errors.h"

#include <new>
#include <stdexcept>

#include "runtime/calls/call_stop.h"
#include "support/survive.h"

namespace featc {

// As short as a std::string holds it without asking for memory.
RunError outOfMemory() noexcept { return {"out of memory", RunFailure::NoMemory}; }

RunError runError(std::string_view text, RunFailure kind) noexcept {
  try {
    return {std::string(text), kind};
  } catch (...) {
    return outOfMemory();
  }
}

RunError currentError() noexcept {
  try {
    throw;
  } catch (const CallStopped& stopped) {
    return runError(stopped.error.message, stopped.error.kind);
  } catch (const std::bad_alloc&) {
    return outOfMemory();
  } catch (const std::length_error&) {
    return outOfMemory();  // more than any memory has
  } catch (...) {
    return runError(currentMessage(), RunFailure::Failed);
  }
}

}  // namespace featc
