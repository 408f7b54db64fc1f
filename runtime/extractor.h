// SPDX-License-Identifier: Apache-2.0
// The compiled config as a server holds it: immutable, shared by all threads, called per request.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/batch.h"
#include "runtime/calls/call_options.h"
#include "runtime/executable.h"
#include "runtime/reads/store.h"
#include "runtime/result.h"

namespace featc {

// Which store serves which source; `fallback` serves the rest. A source without a store reads
// nothing: every field is missing.
struct StoreBinding {
  std::map<std::string, std::shared_ptr<Store>> bySource;
  std::shared_ptr<Store> fallback;

  Store* find(const std::string& source) const;
};

struct RunLimits {
  uint32_t maxIdsPerRow = 65'536;  // of one output
  size_t arenaBytes = Arena::kDefaultLimit;
  // What each call may cost.
  CallLimits call;
  // What calls take their memory from, shared by as many extractors as it is given to; null: the process's.
  std::shared_ptr<MemoryBudget> memory;
};

class Extractor;
class CallMemory;
struct CallProgram;

// One thread's reusable memory, made for one extractor and its copies. Not shared between threads at
// the same time.
class Scratch {
 public:
  explicit Scratch(const Extractor& extractor);
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;

 private:
  friend class Extractor;
  std::unique_ptr<CallMemory> memory_;
};

// Copies share everything.
class Extractor {
 public:
  // `executable` computes what `info` describes.
  Extractor(ProgramInfo info, std::shared_ptr<const Executable> executable, StoreBinding stores = {},
            RunLimits limits = {});

  const ProgramInfo& info() const;
  const Executable& executable() const;

  // Computes every output for every row of `batch`. Thread-safe; `scratch` and `result` belong to
  // this call. Every declared field that is not nullable must be there in every row, whether an
  // output uses it or not: else the row's status is BadInput. Blocks while stores answer, until
  // options.deadline at the latest. With an error, whose kind says what to do about it, the result is empty.
  RunError run(const Batch& batch, Scratch& scratch, Result& result, const CallOptions& options = {}) const;

 private:
  friend class Scratch;
  friend class SedaExecutor;
  std::shared_ptr<const CallProgram> program_;
};

}  // namespace featc
