// SPDX-License-Identifier: Apache-2.0
// The reads of a call: keys collected from all rows, each distinct one fetched once, values scattered
// back to the rows.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "runtime/executable.h"
#include "runtime/key_pattern.h"
#include "runtime/result.h"
#include "runtime/store.h"

namespace featc {

// One fetch of a call: all read steps that ask the same source after the same phase.
struct ReadGroup {
  struct Member {
    const ReadStep* step = nullptr;
    std::vector<uint32_t> fetched;  // of each of the step's fields: its place in `fields`
  };
  const SourceInfo* source = nullptr;
  Store* store = nullptr;  // null: no store is bound, every field is missing
  KeyPattern pattern;
  uint32_t phase = 0;            // sent after this phase ...
  uint32_t neededBy = 0;         // ... and scattered before this one
  Scope scope = Scope::Request;  // the largest of the members': then the keys are all there
  std::vector<uint32_t> fields;
  std::vector<Member> members;
};

// The groups of a program, in the order in which they are sent. They point into `layout` and `sources`.
// `storeOf(source)` gives the store bound to it, or null.
std::vector<ReadGroup> makeReadGroups(const ProgramLayout& layout, const std::vector<SourceInfo>& sources,
                                      const std::function<Store*(const SourceInfo&)>& storeOf);

// Distinct texts, numbered as they first come. clear() keeps the memory.
class KeySet {
 public:
  void clear();
  // The number of the key that `render` appends to an empty string; kNoKey when it returns false.
  template <class Render>
  uint32_t add(Render&& render) {
    if (count_ == keys_.size()) keys_.emplace_back();
    std::string& text = keys_[count_];
    text.clear();
    return render(text) ? intern() : kNoKey;
  }
  std::span<const std::string> keys() const { return {keys_.data(), count_}; }

  static constexpr uint32_t kNoKey = UINT32_MAX;

 private:
  uint32_t intern();  // of the text at keys_[count_]
  void grow();

  std::vector<std::string> keys_;  // the first count_ hold
  std::vector<uint64_t> hashes_;
  std::vector<uint32_t> slots_;  // open addressing: number + 1, 0 for free
  size_t count_ = 0;
};

// The reads of one call, group by group; reused from call to call.
class CallReads {
 public:
  explicit CallReads(size_t groups) : states_(groups) {}
  CallReads(const CallReads&) = delete;
  CallReads& operator=(const CallReads&) = delete;
  // Waits for what is still in flight.
  ~CallReads() { finish(); }

  // Collects the keys of group `index` from the call's columns and asks the store for them. The
  // answer may come at any time afterwards.
  void send(size_t index, const ReadGroup& group, const ProgramLayout& layout, const CallFrame& call);
  // Waits for the answer and writes the fields' columns, which the caller has made, all missing. Lists
  // of aligned reads go to `arena`.
  void receive(size_t index, const ReadGroup& group, const ProgramLayout& layout, CallFrame& call, Arena& arena,
               ReadCounts& counts);
  // Waits for every answer that is still to come and drops all of them: their cells are no longer used.
  void finish();

 private:
  struct State {
    KeySet keys;
    // Per member one row after another, per row its keys: one, or of an aligned read one an element.
    std::vector<uint32_t> keyOfElement;
    FetchResult result;
    bool sent = false;

    std::mutex mutex;
    std::condition_variable arrived;
    bool done = false;
  };
  void wait(State& state);

  std::deque<State> states_;
};

}  // namespace featc
