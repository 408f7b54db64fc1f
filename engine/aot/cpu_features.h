// SPDX-License-Identifier: Apache-2.0
// Whether this machine has the instructions that a model was compiled for, found out without LLVM.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace featc {

// `x86_64`, `aarch64` or `other`: what this code itself was compiled for.
std::string_view thisArchitecture();

// Whether missingCpuFeature knows how to look for `feature` (LLVM's name) on that architecture. Names
// beyond these are tuning hints, or parts of what every CPU of the architecture has.
bool isKnownCpuFeature(std::string_view architecture, std::string_view feature);

// The first of `features` that this machine, or its operating system, lacks; empty: it has all.
std::string missingCpuFeature(const std::vector<std::string>& features);

}  // namespace featc
