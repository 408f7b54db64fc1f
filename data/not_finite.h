// SPDX-License-Identifier: Apache-2.0
// The words that other programs write for floats that are not finite.
#pragma once

#include <limits>
#include <string_view>

namespace featc {

// `NaN`, `Infinity`, `-Infinity`: what Python and JavaScript write into JSON, which has no such words.
inline bool parseJsonNotFinite(std::string_view text, double& out) {
  if (text == "NaN")
    out = std::numeric_limits<double>::quiet_NaN();
  else if (text == "Infinity")
    out = std::numeric_limits<double>::infinity();
  else if (text == "-Infinity")
    out = -std::numeric_limits<double>::infinity();
  else
    return false;
  return true;
}

// These, and `nan`, `inf`, `-inf`, which pandas writes into CSV.
inline bool parseNotFinite(std::string_view text, double& out) {
  if (text == "nan") return parseJsonNotFinite("NaN", out);
  if (text == "inf") return parseJsonNotFinite("Infinity", out);
  if (text == "-inf") return parseJsonNotFinite("-Infinity", out);
  return parseJsonNotFinite(text, out);
}

}  // namespace featc
