// SPDX-License-Identifier: Apache-2.0
// What a compiled config is, without what it computes: names, schema, sources, outputs.
#include "runtime/program_info.h"

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

std::string_view outputKindName(OutputKind kind) {
  switch (kind) {
    case OutputKind::Sparse: return "sparse";
    case OutputKind::Dense: return "dense";
    case OutputKind::Sequence: break;
  }
  return "sequence";
}

}  // namespace featc
