// SPDX-License-Identifier: Apache-2.0
#include "support/print_error.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace featc {

namespace {

// A write to a pipe that nobody reads raises a signal that ends the process. It is kept from this thread, and taken
// back where this write has raised it.
class WithoutPipeSignal {
 public:
  WithoutPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    wasPending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutPipeSignal() {
    if (raised && !wasPending_) {
      timespec now{};
      while (sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutPipeSignal(const WithoutPipeSignal&) = delete;
  WithoutPipeSignal& operator=(const WithoutPipeSignal&) = delete;

  bool raised = false;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool wasPending_ = false;
};

}  // namespace

void writeError(std::string_view text) noexcept {
  int before = errno;
  {
    WithoutPipeSignal quiet;
    while (!text.empty()) {
      ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
      if (written > 0) {
        text.remove_prefix(static_cast<size_t>(written));
      } else if (written == 0 || errno != EINTR) {
        quiet.raised = written < 0 && errno == EPIPE;
        break;
      }
    }
  }
  errno = before;
}

}  // namespace featc
