// SPDX-License-Identifier: Apache-2.0
// What all calls of an extractor share: the program, its stores, and what follows from both.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "runtime/extractor.h"
#include "runtime/reads/read_group.h"

namespace featc {

struct CallProgram {
  CallProgram(ProgramInfo i, std::shared_ptr<const Executable> e, StoreBinding s, RunLimits l);
  CallProgram(const CallProgram&) = delete;
  CallProgram& operator=(const CallProgram&) = delete;

  const ProgramLayout& layout() const { return executable->layout(); }
  // The call columns into which an engine writes strings, lists or maps in this phase and scope. Where there are any,
  // the arena must keep what the blocks make.
  const std::vector<uint32_t>& kept(uint32_t phase, Scope scope) const {
    return kept_[phase][scope == Scope::Item ? 1 : 0];
  }

  ProgramInfo info;
  std::shared_ptr<const Executable> executable;
  StoreBinding stores;
  RunLimits limits;
  // Lives on in results, so that they know their program without keeping it and its code.
  std::shared_ptr<const char> identity = std::make_shared<char>();
  std::vector<ReadGroup> reads;  // points into stores and executable
  std::vector<uint32_t> ragged;  // outputs
  std::vector<bool> isRagged;    // by output

 private:
  std::vector<std::array<std::vector<uint32_t>, 2>> kept_;
};

}  // namespace featc
