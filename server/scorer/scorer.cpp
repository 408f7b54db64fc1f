// SPDX-License-Identifier: Apache-2.0
// Chooses the engine of a network.
#include "server/scorer/scorer.h"

#include <fmt/format.h>

#include "server/scorer/openvino_scorer.h"

namespace featc {

Expected<std::shared_ptr<const Scorer>> openScorer(const std::filesystem::path& path, const ScorerOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return Error(fmt::format("the network {} does not exist", path.string()), ErrorCode::NoFile, path.string());
  return openWithOpenvino(path, options);
}

}  // namespace featc
