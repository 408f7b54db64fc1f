// SPDX-License-Identifier: Apache-2.0
// A thread that reloads configs when their files change.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/live_config.h"

namespace featc {

// Polls each config every `interval`: a change is taken up once it has held still for that long. Polling
// works on every file system; it costs a stat a file. Ends with its owner and waits for no reload.
class ConfigWatcher {
 public:
  ConfigWatcher(std::vector<std::shared_ptr<LiveConfig>> configs, std::chrono::milliseconds interval);
  ~ConfigWatcher();
  ConfigWatcher(const ConfigWatcher&) = delete;
  ConfigWatcher& operator=(const ConfigWatcher&) = delete;

 private:
  void watch(std::chrono::milliseconds interval) noexcept;

  std::vector<std::shared_ptr<LiveConfig>> configs_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace featc
