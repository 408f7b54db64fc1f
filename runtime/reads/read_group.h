// SPDX-License-Identifier: Apache-2.0
// Which reads of a program go together: all of one source that can be sent after the same phase.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/executable.h"
#include "runtime/reads/key_pattern.h"
#include "runtime/reads/store.h"

namespace featc {

// What is asked of a store. A fetch shares it, so that an answer that comes after its call, or after the
// extractor, still finds what it is about; it keeps no store.
struct ReadTarget {
  uint32_t sourceIndex = 0;  // in ProgramInfo::sources
  SourceInfo source;
  KeyPattern pattern;
  std::vector<uint32_t> fields;  // of the source, each once
};

struct ReadGroup {
  struct Member {
    const ReadStep* step = nullptr;
    std::vector<uint32_t> fetched;  // of each of the step's fields: its place in the target's
    // Its keys are there, and its rows wait, in scope Item or in scope Request (constants too).
    Scope runScope() const { return step->scope == Scope::Item ? Scope::Item : Scope::Request; }
  };
  std::shared_ptr<const ReadTarget> target;
  Store* store = nullptr;  // null: no store is bound, every field is missing
  uint32_t phase = 0;      // keys are there after this phase ...
  uint32_t neededBy = 0;   // ... and rows are needed before this one
  std::vector<Member> members;

  bool has(Scope scope) const;
};

// The groups of a program, in the order in which they are sent. They point into `layout`.
// `storeOf(source)` gives the store bound to it, or null.
std::vector<ReadGroup> makeReadGroups(const ProgramLayout& layout, const std::vector<SourceInfo>& sources,
                                      const std::function<Store*(const SourceInfo&)>& storeOf);

}  // namespace featc
