// SPDX-License-Identifier: Apache-2.0
// What is said when a signal ends the program.
#pragma once

#include <string_view>

namespace featc {

// While it lives, SIGINT, SIGTERM and SIGHUP print a line on stderr before they end the program as ever. Those that the
// program was started to ignore stay ignored. One at a time.
class InterruptNotice {
 public:
  // Nothing is done where `text` is empty.
  explicit InterruptNotice(std::string_view text);
  ~InterruptNotice();
  InterruptNotice(const InterruptNotice&) = delete;
  InterruptNotice& operator=(const InterruptNotice&) = delete;
};

}  // namespace featc
