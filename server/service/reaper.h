// SPDX-License-Identifier: Apache-2.0
// Destroys what must not be destroyed by the thread that lets it go last.
#pragma once

#include <cstdint>
#include <memory>

#include "server/service/workers.h"

namespace featc {

// A request may be the last to hold its version, on a thread of the very executor that belongs to the version.
// Thread-safe.
class Reaper {
 public:
  // What the pointer holds is destroyed by the reaper's thread. The reaper must outlive it.
  template <class T>
  std::shared_ptr<T> hold(std::unique_ptr<T> held) {
    return std::shared_ptr<T>(held.release(), [this](T* last) {
      // Not copied: a job that finds no room is destroyed here, and the object by whoever comes.
      if (!worker_.submit([last] { delete last; })) delete last;
    });
  }

 private:
  Workers worker_{1, SIZE_MAX};
};

}  // namespace featc
