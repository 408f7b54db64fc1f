// SPDX-License-Identifier: Apache-2.0
// Values of a batch's columns in words, with wide offsets as readers make them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "runtime/batch.h"

namespace featc::test {

inline bool bit(const void* bits, int64_t i) {
  return bitAt(static_cast<const uint8_t*>(bits), static_cast<uint64_t>(i));
}

// The value of a row, `-` where it is missing.
inline std::string show(const ColumnData& c, Type type, int64_t i) {
  // A required field that is not used has no values.
  if (c.absent || (c.values == nullptr && c.offsets == nullptr)) return ".";
  if (c.validity != nullptr && !bit(c.validity, i)) return "-";
  auto range = [&] {
    const auto* offsets = static_cast<const int64_t*>(c.offsets);
    return std::pair(offsets[i], offsets[i + 1]);
  };
  switch (type.kind()) {
    case Kind::Bool: return bit(c.values, i) ? "true" : "false";
    case Kind::Int64: return fmt::format("{}", static_cast<const int64_t*>(c.values)[i]);
    case Kind::Float64: return fmt::format("{}", static_cast<const double*>(c.values)[i]);
    case Kind::String: {
      auto [begin, end] = range();
      return fmt::format("'{}'", std::string(static_cast<const char*>(c.values) + begin, end - begin));
    }
    default: break;
  }
  auto [begin, end] = range();
  std::string out = "[";
  for (int64_t k = begin; k < end; ++k) {
    if (k != begin) out += " ";
    if (type.isMap())
      out += show(*c.children[0], type.key(), k) + ":" + show(*c.children[1], type.value(), k);
    else
      out += show(*c.children[0], type.element(), k);
  }
  return out + "]";
}

}  // namespace featc::test
