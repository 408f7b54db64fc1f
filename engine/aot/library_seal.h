// SPDX-License-Identifier: Apache-2.0
// What stands behind the last byte of a library that featc built, so that one that was cut short or changed is told
// before any of its code runs.
#pragma once

#include <string>

namespace featc {

// The library with its seal. Linkers and loaders look no further than their own tables.
std::string sealLibrary(std::string library);

// Reads the end of an open file and, where a seal stands there, piece by piece the whole: what is wrong with it as a
// library with a seal; empty: nothing.
std::string sealProblem(int file);

}  // namespace featc
