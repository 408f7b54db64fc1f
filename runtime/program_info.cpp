// SPDX-License-Identifier: Apache-2.0
// What a compiled config is, without what it computes: names, schema, sources, outputs.
#include "runtime/program_info.h"

#include <fmt/format.h>

#include <charconv>

namespace featc {

std::string_view scopeName(Scope scope) {
  switch (scope) {
    case Scope::Constant: return "constant";
    case Scope::Request: return "request";
    case Scope::Item: break;
  }
  return "item";
}

std::string InputInfo::qualified() const { return std::string(scopeName(scope)) + "." + name; }

std::string InputInfo::declared() const {
  return structList.empty() ? qualified() : std::string(scopeName(scope)) + "." + structList;
}

std::string_view outputKindName(OutputKind kind) {
  switch (kind) {
    case OutputKind::Sparse: return "sparse";
    case OutputKind::Dense: return "dense";
    case OutputKind::Sequence: break;
  }
  return "sequence";
}

std::string fingerprintText(uint64_t fingerprint) { return fmt::format("{:016x}", fingerprint); }

std::optional<uint64_t> parseFingerprint(std::string_view text) {
  uint64_t fingerprint = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), fingerprint, 16);
  if (text.size() != 16 || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return fingerprint;
}

}  // namespace featc
