// SPDX-License-Identifier: Apache-2.0
// Drives one call: checks it, gives it its memory, leaves it to the scheduler, completes the result.
#include "runtime/calls/extractor.h"

#include <chrono>

#include "runtime/calls/call_input.h"
#include "runtime/calls/call_memory.h"
#include "runtime/calls/call_stop.h"
#include "runtime/calls/float_environment.h"
#include "runtime/calls/pipelined.h"
#include "runtime/calls/run_errors.h"
#include "runtime/calls/staged.h"
#include "runtime/reads/call_cancel.h"
#include "runtime/run_observer.h"

namespace featc {

namespace {

Error runCall(CallMemory& memory, const Batch& batch, const CallOptions& options, Result& result) {
  FloatEnvironment floats;
  Work::Flag cancelled = options.cancel != nullptr ? &options.cancel->flag() : options.cancelled;
  std::span<const Work::Flag> flags(&cancelled, cancelled != nullptr ? 1 : 0);
  // Late answers find nothing of a call that has returned.
  struct End {
    CallMemory& memory;
    ~End() { memory.end(); }
  } end{memory};
  try {
    if (Error error = memory.admit({&batch, 1}, options, flags, result)) return error;
    auto readDeadline = memory.readDeadline(batch.items, options);
    if (Error error = memory.begin({&batch, 1}, options, readDeadline, result)) return error;
    if (options.scheduler == Scheduler::Pipelined)
      runPipelined(memory);
    else
      runStaged(memory);
    memory.finish();
  } catch (...) {
    return currentError();
  }
  return {};
}

// What is wrong with the batch as such.
Error checkCall(const CallProgram& program, const Batch& batch, const CallOptions& options) {
  try {
    if (Error error = checkBatch(program.info, batch)) return error;
    return checkItems(batch.requests, batch.items, program.limits.call.within(options.limits));
  } catch (...) {
    return currentError();
  }
}

}  // namespace

Scratch::Scratch(const Extractor& extractor) : memory_(std::make_unique<CallMemory>(extractor.program_)) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

Extractor::Extractor(ProgramInfo info, std::shared_ptr<const Executable> executable, StoreBinding stores,
                     RunLimits limits)
    : program_(std::make_shared<CallProgram>(std::move(info), std::move(executable), std::move(stores), limits)) {}

const ProgramInfo& Extractor::info() const { return program_->info; }
const Executable& Extractor::executable() const { return *program_->executable; }

Error Extractor::run(const Batch& batch, Scratch& scratch, Result& result, const CallOptions& options) const {
  auto start = options.observer == nullptr ? std::chrono::steady_clock::time_point() : std::chrono::steady_clock::now();
  Error error;
  if (scratch.memory_->program() != program_) error = runError("the scratch was made for another extractor");
  if (!error) error = checkCall(*program_, batch, options);
  if (!error) error = runCall(*scratch.memory_, batch, options, result);
  if (error) result = {};
  tellObserver(options.observer, [&](RunObserver& o) {
    o.onCall({batch.requests, batch.items, std::chrono::steady_clock::now() - start, static_cast<bool>(error)});
  });
  return error;
}

}  // namespace featc
