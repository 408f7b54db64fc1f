// SPDX-License-Identifier: Apache-2.0
// What went wrong, and values or why there are none.
#pragma once

#include "support/error.h"
