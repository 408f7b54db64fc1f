// SPDX-License-Identifier: Apache-2.0
// The C interface's structs that grow: what is in them as C++ has it.
#include "engine/aot/open_options.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>

namespace featc {

namespace {

SedaOptions sedaOptions(const featc_seda_options& given, const CallLimits& limits) {
  SedaOptions seda;
  auto set = [](auto& option, auto value) {
    if (value != 0) option = static_cast<std::remove_reference_t<decltype(option)>>(value);
  };
  set(seda.fetchThreads, given.fetch_threads);
  set(seda.computeThreads, given.compute_threads);
  set(seda.queueRequests, given.queue_requests);
  set(seda.batchesUnderWay, given.batches);
  set(seda.mostBatching, given.batching);
  set(seda.joinedItems, std::max<int64_t>(given.batch_items, 0));
  if (given.longest_wait_microseconds != 0) seda.longestWait = timeOf(given.longest_wait_microseconds);
  if (given.drop_oldest != 0) seda.whenFull = WhenFull::DropOldest;
  seda.limits = limits;
  return seda;
}

// Threads and batches beyond this are a mistake: each thread and each batch needs memory of its own.
constexpr uint32_t kMostThreads = 1024;
constexpr uint32_t kMostRequests = 1U << 24U;

}  // namespace

std::chrono::microseconds timeOf(uint64_t microseconds) {
  constexpr uint64_t kDay = 86'400'000'000;
  return std::chrono::microseconds(std::min(microseconds, kDay));
}

CallLimits callLimits(const featc_call_limits& given) {
  return {timeOf(given.max_computing_microseconds), std::max<int64_t>(given.max_items, 0), given.max_value_bytes,
          given.max_result_bytes, given.max_row_ids};
}

Expected<OpenOptions> readOpenOptions(const featc_open_options* given) {
  OpenOptions out;
  if (Error error = readSized(given, "featc_open_options", out.given)) return error;
  const featc_open_options& options = out.given;
  if (options.stores == nullptr && options.store_count != 0) return nullArgument("stores");
  if (options.plugins == nullptr && options.plugin_count != 0) return nullArgument("plugins");
  for (size_t i = 0; i < options.plugin_count; ++i) {
    if (options.plugins[i] == nullptr) return nullArgument("a folder in plugins");
    out.plugins.folders.emplace_back(options.plugins[i]);
  }
  const int engine = enumNumber(options.engine);
  if (engine != FEATC_ENGINE_JIT && engine != FEATC_ENGINE_INTERP && engine != FEATC_ENGINE_TIERED)
    return Error(fmt::format("engine {} does not exist; featc_engine has 0 (jit), 1 (interp) and 2 (tiered)", engine),
                 ErrorCode::BadArgument);
  featc_call_limits limits;
  if (Error error = readSized(options.limits, "featc_call_limits", limits)) return error;
  out.limits.call = callLimits(limits);
  if (options.memory_bytes != 0)
    out.limits.memory = std::make_shared<MemoryBudget>(static_cast<size_t>(options.memory_bytes));
  featc_seda_options seda;
  if (Error error = readSized(options.seda, "featc_seda_options", seda)) return error;
  if (seda.fetch_threads > kMostThreads || seda.compute_threads > kMostThreads)
    return Error(fmt::format("fetch_threads and compute_threads may be at most {}", kMostThreads),
                 ErrorCode::BadArgument);
  if (seda.queue_requests > kMostRequests || seda.batches > kMostRequests || seda.batching > kMostRequests)
    return Error(fmt::format("queue_requests, batches and batching may be at most {}", kMostRequests),
                 ErrorCode::BadArgument);
  out.hasSeda = options.seda != nullptr;
  out.seda = sedaOptions(seda, out.limits.call);
  return out;
}

}  // namespace featc
