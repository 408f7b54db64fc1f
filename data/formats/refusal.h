// SPDX-License-Identifier: Apache-2.0
// What writers say of outputs that their format cannot hold.
#pragma once

#include <functional>
#include <string>

#include "runtime/program_info.h"

namespace featc {

// One message for all outputs that `why` has a reason against, else nothing:
// `libsvm cannot hold recent (a sequence: the order would be lost), vec (...): use ...`.
std::string refusal(const ProgramInfo& info, std::string_view format, std::string_view instead,
                    const std::function<std::string(const OutputInfo&)>& why);

// Whether a row of the output has at most one id: a sparse output of a single value.
bool isSingleId(const OutputInfo& output);

}  // namespace featc
