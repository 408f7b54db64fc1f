// SPDX-License-Identifier: Apache-2.0
// A request's keys and source copied, for guards that answer before the store they guard does.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/reads/store.h"

namespace featc {

// Copies of sources, made once each. Thread-safe.
class SourceCopies {
 public:
  // Equal to `source`, however long that lives.
  std::shared_ptr<const SourceInfo> of(const SourceInfo& source);

 private:
  std::mutex mutex_;
  std::map<const SourceInfo*, std::shared_ptr<const SourceInfo>> copies_;
};

struct OwnedRequest {
  std::shared_ptr<const SourceInfo> source;
  std::vector<std::string> keys;
  std::vector<uint32_t> fields;
  std::chrono::steady_clock::time_point deadline;

  OwnedRequest(const FetchRequest& request, SourceCopies& copies);
  // Valid as long as this is.
  FetchRequest view() const { return {source.get(), keys, fields, deadline}; }
};

}  // namespace featc
