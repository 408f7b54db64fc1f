// SPDX-License-Identifier: Apache-2.0
// Serves requests of many callers in two stages, each with a queue and threads of its own.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <vector>

#include "runtime/calls/extractor.h"
#include "runtime/reads/read_row.h"
#include "runtime/seda/seda_options.h"

namespace featc {

// Every request that submit() accepts is answered exactly once: by its deadline with what had come by then, or
// with an error that says why not. No thread waits for a store.
//
// Requests are joined to one batch, so that a key that several ask for is fetched once; rows, ids, weights, statuses
// and counts of keys in an answer are those that the request alone would get. Counts of data that did not fit are of
// the whole batch and stand in the answer of its first request, so that sums are right.
class SedaExecutor {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  // The result belongs to the executor; it may be swapped for another one to keep it. Called on a thread of the
  // executor, which serves nothing else meanwhile. What it throws ends there: the request has had its answer.
  using Done = std::function<void(Error error, Result& result)>;
  struct Answer {
    Error error;
    Result result;
  };
  struct Depths {
    size_t fetchQueue = 0;    // requests
    size_t waiting = 0;       // batches whose reads are under way
    size_t computeQueue = 0;  // batches
    size_t fetchBatching = 1;
    size_t computeBatching = 1;
  };

  explicit SedaExecutor(const Extractor& extractor, const SedaOptions& options = {});
  SedaExecutor(const SedaExecutor&) = delete;
  SedaExecutor& operator=(const SedaExecutor&) = delete;
  // As cancel().
  ~SedaExecutor();

  // What the batch points to must stay as it is until the answer. With an error the request was not accepted
  // and `done` is never called: it does not fit the schema, the queue is full, there is no memory for it, or the
  // executor stops.
  // `cancelled`, where given, stays as long and is set by a caller who waits no more: the answer is an error then,
  // unless it is being made for others too.
  // `reads`, where given, stays as long: an answer without an error has put there what this request's keys brought,
  // also those that others asked for with it.
  Error submit(const Batch& batch, Deadline deadline, Done done, const std::atomic<bool>* cancelled = nullptr,
               std::vector<ReadRow>* reads = nullptr) noexcept;
  // Throws std::bad_alloc where there is no memory for the future.
  std::future<Answer> submit(const Batch& batch, Deadline deadline, std::vector<ReadRow>* reads = nullptr);

  // Accepts nothing more and returns when all is answered, each by its deadline.
  void drain();
  // Accepts nothing more, answers what has not been computed with an error, and returns then.
  void cancel();

  Depths depths() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace featc
