// SPDX-License-Identifier: Apache-2.0
// Puts into words which outputs a format cannot hold.
#include "data/formats/refusal.h"

#include <fmt/format.h>

namespace featc {

std::string refusal(const ProgramInfo& info, std::string_view format, std::string_view instead,
                    const std::function<std::string(const OutputInfo&)>& why) {
  constexpr size_t kNamed = 5;
  std::string named;
  size_t refused = 0;
  for (const OutputInfo& output : info.outputs) {
    std::string reason = why(output);
    if (reason.empty()) continue;
    if (++refused <= kNamed) named += fmt::format("{}{} ({})", named.empty() ? "" : ", ", output.name, reason);
  }
  if (refused == 0) return {};
  if (refused > kNamed) named += fmt::format(" and {} more", refused - kNamed);
  return fmt::format("{} cannot hold {}: use {}", format, named, instead);
}

bool isSingleId(const OutputInfo& output) {
  return output.kind == OutputKind::Sparse && !output.type.isList() && !output.type.isWeighted() &&
         output.group.empty();
}

}  // namespace featc
