// SPDX-License-Identifier: Apache-2.0
// Rows in an LMDB file, read on threads of their own: a page that is not in memory blocks its reader.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "stores/described_store.h"
#include "stores/lmdb_environment.h"
#include "stores/store_options.h"
#include "stores/worker_pool.h"

namespace featc {

// A file that cannot be opened is a failed read; opening is tried again from time to time. A fetch sees one
// moment of the file. Between keys it looks at the deadline; a read that blocks longer is for
// DeadlineStore to answer.
class LmdbStore final : public DescribedStore {
 public:
  LmdbStore(std::string path, const StoreOptions& options);
  void fetch(const FetchRequest& request, Done done) override;
  std::string name() const override { return "lmdb:" + path_; }
  std::string problem() const override;
  std::string openProblem(std::chrono::steady_clock::time_point until) override;

 private:
  std::shared_ptr<LmdbEnvironment> environment();
  FetchResult read(const FetchRequest& request);
  void failed(std::string_view why) noexcept;

  const std::string path_;
  const size_t maxValueBytes_;
  const size_t maxFetchBytes_;
  mutable std::mutex mutex_;
  std::shared_ptr<LmdbEnvironment> environment_;
  std::chrono::steady_clock::time_point nextTry_;
  std::string problem_;
  WorkerPool workers_;  // last: ends first
};

}  // namespace featc
