// SPDX-License-Identifier: Apache-2.0
// Errors of calls that can be told when there is no memory left.
#include "runtime/calls/run_errors.h"

#include <new>
#include <stdexcept>

#include "runtime/calls/call_stop.h"
#include "support/survive.h"

namespace featc {

// As short as a std::string holds it without asking for memory.
Error outOfMemory() noexcept { return {"out of memory", ErrorCode::NoMemory}; }

Error runError(std::string_view text, ErrorCode code) noexcept {
  try {
    return {std::string(text), code};
  } catch (...) {
    return outOfMemory();
  }
}

Error currentError() noexcept {
  try {
    throw;
  } catch (const CallStopped& stopped) {
    return runError(stopped.error.message, stopped.error.code);
  } catch (const std::bad_alloc&) {
    return outOfMemory();
  } catch (const std::length_error&) {
    return outOfMemory();  // more than any memory has
  } catch (...) {
    return runError(currentMessage(), ErrorCode::Failed);
  }
}

}  // namespace featc
