// SPDX-License-Identifier: Apache-2.0
// The parts of a call: shards are its rows, workers are the memory of a thread that computes them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/executable.h"
#include "values/arena.h"

namespace featc {

// Some rows of one scope that go through the phases together. Shard 0 has all requests, the others have the
// items in order; each begins at a multiple of 8.
struct Shard {
  uint32_t index = 0;
  Scope scope = Scope::Item;  // Request or Item
  int64_t begin = 0;
  int64_t end = 0;
  std::vector<RaggedBuffer>* ragged = nullptr;  // by output: the ids of the shard's rows
  size_t* raggedBytes = nullptr;                // that those hold
  // Of a shard after the first of items.
  std::vector<RaggedBuffer> own;
  size_t ownBytes = 0;
};

// What one thread needs for computing any shard. What it counts is of all the shards it computed.
struct Worker {
  std::unique_ptr<EngineScratch> engine;
  Arena arena;  // what operators make: limited
  std::vector<OutputCounts> counts;
  DataEvents events;
  // What a block that runs out of memory must put back.
  std::vector<OutputCounts> savedCounts;
  std::vector<RaggedBuffer::Mark> savedMarks;  // by CallProgram::ragged

  Worker(std::unique_ptr<EngineScratch> e, size_t arenaBytes, MemoryShare& share)
      : engine(std::move(e)), arena(arenaBytes, &share) {}
};

}  // namespace featc
