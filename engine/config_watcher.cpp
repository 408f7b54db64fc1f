// SPDX-License-Identifier: Apache-2.0
// A thread that reloads configs when their files change.
#include "engine/config_watcher.h"

#include "support/survive.h"

namespace featc {

ConfigWatcher::ConfigWatcher(std::vector<std::shared_ptr<LiveConfig>> configs, std::chrono::milliseconds interval)
    : configs_(std::move(configs)), thread_([this, interval] { watch(interval); }) {}

ConfigWatcher::~ConfigWatcher() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void ConfigWatcher::watch(std::chrono::milliseconds interval) noexcept {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, interval, [this] { return ending_; })) {
    lock.unlock();
    // Where there is no memory to look at the files, the next time may have it.
    for (const std::shared_ptr<LiveConfig>& config : configs_)
      survive("looking at the files of a config", [&] { config->poll(); });
    lock.lock();
  }
}

}  // namespace featc
