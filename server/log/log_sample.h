// SPDX-License-Identifier: Apache-2.0
// Which requests are logged, and what they are called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace featc {

// The same requests on every server: an id is taken or not.
class LogSample {
 public:
  LogSample() = default;
  // A share of all, above 0 and at most 1: `0.01`; nothing where the text is none.
  static std::optional<LogSample> parse(std::string_view text);

  // Whether the XXH3-64 hash of the id, as a fraction of 2^64, lies below the share.
  bool takes(std::string_view id) const;

 private:
  double share_ = 1;
};

// 32 random hexadecimal digits.
std::string newRequestId();
// Whether a text may be the id of a request: 1 to 128 visible ASCII characters.
bool isRequestId(std::string_view text);

}  // namespace featc
