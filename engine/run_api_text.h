// SPDX-License-Identifier: Apache-2.0
// The text of include/featc/run.h, for the headers of compiled models. Its value is made by CMake.
#pragma once

namespace featc {

extern const char* const kRunApiText;

}  // namespace featc
