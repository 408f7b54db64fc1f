// SPDX-License-Identifier: Apache-2.0
// Words on stderr that can fail without harm, and a place where what callbacks and jobs throw ends.
#include "support/survive.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <exception>
#include <new>
#include <stdexcept>

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

// Places are few and known when featc is written, so that counting needs no memory.
struct Place {
  std::atomic<const char*> where = nullptr;
  std::atomic<uint64_t> times = 0;
};
constexpr size_t kMostPlaces = 64;
std::array<Place, kMostPlaces> places;

Place* placeOf(const char* where) noexcept {
  for (Place& place : places) {
    const char* known = nullptr;
    // Equal texts of several files may lie in several places.
    if (place.where.compare_exchange_strong(known, where) || std::strcmp(known, where) == 0) return &place;
  }
  return nullptr;
}

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

void survived(const char* where) noexcept {
  Place* place = placeOf(where);
  if (place != nullptr && place->times.fetch_add(1) > 0) return;
  printError("featc: {} failed: {}; the program goes on, and counts what else fails there\n", where, currentMessage());
}

// As long as a std::string holds without asking for memory.
constexpr const char* kOutOfMemory = "out of memory";

std::string currentMessage() noexcept {
  try {
    try {
      throw;
    } catch (const std::bad_alloc&) {
      return kOutOfMemory;
    } catch (const std::length_error&) {
      return kOutOfMemory;  // more than any memory has
    } catch (const std::exception& e) {
      return *e.what() == '\0' ? "an error without words" : e.what();
    } catch (...) {
      return "an error that is no exception of C++'s library";
    }
  } catch (...) {
    return kOutOfMemory;
  }
}

std::vector<Survived> survivedSoFar() {
  std::vector<Survived> all;
  for (const Place& place : places) {
    const char* where = place.where;
    uint64_t times = place.times;
    if (where != nullptr && times > 0) all.push_back({where, times});
  }
  return all;
}

}  // namespace featc
