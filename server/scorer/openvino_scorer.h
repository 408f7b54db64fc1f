// SPDX-License-Identifier: Apache-2.0
// Networks through the module featc_openvino.so.
#pragma once

#include "server/scorer/scorer.h"

namespace featc {

Expected<std::shared_ptr<const Scorer>> openWithOpenvino(const std::filesystem::path& path,
                                                         const ScorerOptions& options);

}  // namespace featc
