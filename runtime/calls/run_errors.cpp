// SPDX-License-Identifier: Apache-2.0
// Errors of calls that can be told when there is no memory left.
#include "runtime/calls/run_errors.h"

#include <exception>
#include <new>
#include <stdexcept>

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

RunError currentError() noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return outOfMemory();
  } catch (const std::length_error&) {
    return outOfMemory();  // more than any memory has
  } catch (const std::exception& e) {
    return runError(*e.what() != '\0' ? e.what() : "the call failed");
  } catch (...) {
    return runError("the call failed");
  }
}

}  // namespace featc
