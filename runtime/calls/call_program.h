// SPDX-License-Identifier: Apache-2.0
// What all calls of an extractor share: the program, its stores, and what follows from both.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "runtime/calls/extractor.h"
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
  std::vector<ReadGroup> reads;          // points into stores and executable
  std::vector<StructList> structLists;   // among the inputs
  std::vector<uint32_t> ragged;          // outputs
  bool hasElementsOfSeveralIds = false;  // a sequence group has an output whose elements may have several ids
  std::vector<bool> isRagged;            // by output
  std::vector<uint32_t> rounded;         // outputs whose integers a float32 may not hold (OutputInfo::mayRound)
  // What a row of the result has of outputs that are not ragged; index 0: a request's, 1: an item's.
  std::array<uint64_t, 2> fixedBytes{};
  std::array<uint32_t, 2> fixedIds{};
  // What it has beside: its status, its place among others, where its ids of ragged outputs end.
  std::array<uint64_t, 2> rowBytes{sizeof(int64_t), sizeof(int32_t) + sizeof(RowStatus)};
  // A row's part of a result but for ids of ragged outputs.
  uint64_t bytesOf(Scope scope) const {
    size_t i = scope == Scope::Item ? 1 : 0;
    return fixedBytes[i] + rowBytes[i];
  }

 private:
  std::vector<std::array<std::vector<uint32_t>, 2>> kept_;
};

}  // namespace featc
