// SPDX-License-Identifier: Apache-2.0
// Tensors in words.
#include "server/scorer/tensor.h"

#include <fmt/format.h>

namespace featc {

std::string tensorText(std::string_view typeName, std::span<const int64_t> shape, bool anyRank) {
  if (anyRank) return fmt::format("{} of any shape", typeName);
  std::string text = fmt::format("{} [", typeName);
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i != 0) text += ", ";
    text += shape[i] < 0 ? "?" : std::to_string(shape[i]);
  }
  return text + "]";
}

std::string tensorText(const TensorInfo& info) { return tensorText(info.typeName, info.shape, info.anyRank); }

}  // namespace featc
