// SPDX-License-Identifier: Apache-2.0
// Many threads over one input, the output in the input's order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace featc {

// What one thread does with one piece of the input. Every thread has one of its own.
class PipelineWorker {
 public:
  virtual ~PipelineWorker() = default;
  // Takes the next piece; false at the end of the input. Never called by two threads at once.
  virtual bool read() = 0;
  // Makes the piece ready to be numbered; runs beside other threads.
  virtual void prepare() {}
  // Gives the piece numbers that depend on the pieces before it: in their order, never by two threads at once, and
  // beside reading and writing. Only where isNumbered(), which all workers say alike.
  virtual void number() {}
  virtual bool isNumbered() const { return false; }
  // Works on the piece; runs beside other threads.
  virtual void work() = 0;
  // Hands out what was made, piece by piece in the input's order and never by two threads at once.
  // False ends the whole run.
  virtual bool write() = 0;
};

// Runs until the input ends or a write says stop. One worker runs on the calling thread.
void runPipeline(uint32_t threads, const std::function<std::unique_ptr<PipelineWorker>()>& newWorker);

}  // namespace featc
