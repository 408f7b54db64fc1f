// SPDX-License-Identifier: Apache-2.0
// What the server does with a request: its routes and what stands behind each.
#pragma once

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "admission.h"
#include "config_folder.h"
#include "extract.h"
#include "runtime/metrics/metrics.h"
#include "stores/kept_stores.h"

namespace server {

struct ServiceOptions {
  Mode mode = Mode::Staged;
  std::chrono::milliseconds deadline{50};  // the longest that a request may take
  uint32_t threads = 1;
  size_t queue = 256;
  size_t bodyBytes = size_t{16} << 20U;
};

// Must outlive the server that it adds routes to.
class Service {
 public:
  Service(const ServiceOptions& options, ConfigFolder& folder, const featc::KeptStores& stores,
          featc::Metrics& metrics);

  void addRoutes(httplib::Server& http);
  // From now on /healthz says so.
  void stop() { stopping_ = true; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  Answer answer(const std::string& name, const httplib::Request& request);
  Answer compute(const featc::LiveConfig& config, const std::string& body, Time deadline, Format format);
  void extract(const httplib::Request& request, httplib::Response& response);
  void health(httplib::Response& response) const;

  const ServiceOptions options_;
  ConfigFolder& folder_;
  const featc::KeptStores& stores_;
  featc::Metrics& metrics_;
  Admission admission_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace server
