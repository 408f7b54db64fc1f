// SPDX-License-Identifier: Apache-2.0
// The handler may do little more than write what was made ready before.
#include "tools/interrupt_notice.h"

#include <signal.h>
#include <unistd.h>

#include <string>

namespace featc {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

std::string& notice() {
  static std::string text;
  return text;
}

extern "C" void say(int signal) {
  // The progress bar may stand on the line.
  const std::string& text = notice();
  ssize_t ignored = write(STDERR_FILENO, text.data(), text.size());
  (void)ignored;
  // SA_RESETHAND: it now does what it did without us, once the handler has returned.
  raise(signal);
}

}  // namespace

InterruptNotice::InterruptNotice(std::string_view text) {
  if (text.empty()) return;
  notice() = std::string("\n") + std::string(text) + "\n";
  for (int signal : kSignals) {
    struct sigaction now{};
    if (sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) continue;
    struct sigaction ours{};
    ours.sa_handler = &say;
    ours.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(signal, &ours, nullptr);
  }
}

InterruptNotice::~InterruptNotice() {
  for (int signal : kSignals) {
    struct sigaction now{};
    if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler == &say) ::signal(signal, SIG_DFL);
  }
}

}  // namespace featc
