// SPDX-License-Identifier: Apache-2.0
// Documented names of featc::Error in earlier versions. Only deprecated headers include this, until the release after
// 0.1.
#pragma once

#include "support/error.h"

namespace featc {

using RunError = Error;
using BuildError = Error;

}  // namespace featc
