// SPDX-License-Identifier: Apache-2.0
// Names this build's compiler: what one build has cached, another one must not run.
#pragma once

namespace featc {

// A hash over all sources of the compiler and the runtime, made when featc is built.
const char* sourceId();

}  // namespace featc
