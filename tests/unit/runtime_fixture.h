// SPDX-License-Identifier: Apache-2.0
// A program written by hand, so that the runtime is tested without a compiler, and Arrow columns.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/calls/emit.h"
#include "runtime/calls/extractor.h"

namespace featc::test {

// Runs a C++ function where a compiled program would run.
class HandWritten : public Executable {
 public:
  using Run = std::function<void(ShardFrame&, uint32_t phase, Scope, int64_t begin, int64_t end)>;

  HandWritten(ProgramLayout layout, Run run) : layout_(std::move(layout)), run_(std::move(run)) {}
  const ProgramLayout& layout() const override { return layout_; }
  std::unique_ptr<EngineScratch> newScratch() const override { return std::make_unique<EngineScratch>(); }
  void run(ShardFrame& shard, uint32_t phase, Scope scope, int64_t begin, int64_t end) const override {
    run_(shard, phase, scope, begin, end);
  }
  const char* engineName() const override { return "test"; }

 private:
  ProgramLayout layout_;
  Run run_;
};

// A layout whose call columns are the inputs, all used.
inline ProgramLayout inputsOf(const ProgramInfo& info) {
  ProgramLayout layout;
  for (const InputInfo& input : info.inputs) layout.columns.push_back({input.scope, input.type});
  layout.inputUsed.assign(info.inputs.size(), true);
  return layout;
}

// Rows `begin` and following of a call column of any cell but bool.
template <class T>
ColumnRef rowsFrom(const ColumnRef& column, int64_t begin) {
  return {static_cast<T*>(column.data) + begin, column.valid == nullptr ? nullptr : column.valid + begin / 8, false};
}

inline OutputInfo sparse(std::string name, uint32_t slot, Type type) {
  OutputInfo output;
  output.kind = OutputKind::Sparse;
  output.name = std::move(name);
  output.slot = slot;
  output.type = type;
  return output;
}

inline OutputInfo dense(std::string name, Type type, uint32_t width = 1) {
  OutputInfo output;
  output.kind = OutputKind::Dense;
  output.name = std::move(name);
  output.type = type;
  output.width = width;
  return output;
}

inline OutputInfo sequence(std::string name, uint32_t slot, uint32_t length) {
  OutputInfo output;
  output.kind = OutputKind::Sequence;
  output.name = std::move(name);
  output.slot = slot;
  output.length = length;
  output.type = Type::list(Type::int64());
  return output;
}

// As a sparse output has it.
constexpr uint64_t id(uint64_t slot, uint64_t payload) { return slot << 44U | payload; }

template <class T>
std::vector<T> toVector(std::span<const T> values) {
  return {values.begin(), values.end()};
}

template <class T>
ColumnData numbers(const std::vector<T>& values, const uint8_t* validity = nullptr) {
  ColumnData column;
  column.length = static_cast<int64_t>(values.size());
  column.values = values.data();
  column.validity = validity;
  return column;
}

}  // namespace featc::test
