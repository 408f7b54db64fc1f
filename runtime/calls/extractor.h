// SPDX-License-Identifier: Apache-2.0
// The compiled config as a server holds it: immutable, shared by all threads, called per request.
#pragma once

#include <memory>

#include "runtime/batch.h"
#include "runtime/call_options.h"
#include "runtime/executable.h"
#include "runtime/reads/call_cancel.h"
#include "runtime/reads/store_binding.h"
#include "runtime/result.h"
#include "runtime/run_limits.h"
#include "support/error.h"

namespace featc {

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
  Error run(const Batch& batch, Scratch& scratch, Result& result, const CallOptions& options = {}) const;

 private:
  friend class Scratch;
  friend class SedaExecutor;
  std::shared_ptr<const CallProgram> program_;
};

}  // namespace featc
