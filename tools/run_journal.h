// SPDX-License-Identifier: Apache-2.0
// What a run that was killed goes on from: a file beside its output that says how far input and output were.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/record_reader.h"
#include "data/run_totals.h"
#include "support/error.h"

namespace featc {

// What must be the same when a run goes on, as name and text: ("input", its size and time).
using RunIdentity = std::vector<std::pair<std::string, std::string>>;

// All before `outputBytes` of the output belongs to what was read before `input`.
struct Checkpoint {
  uint64_t outputBytes = 0;
  ReaderPosition input;
  RunTotals totals;
};

class RunJournal {
 public:
  explicit RunJournal(std::string path) : path_(std::move(path)) {}
  ~RunJournal() { close(); }
  RunJournal(const RunJournal&) = delete;
  RunJournal& operator=(const RunJournal&) = delete;

  const std::string& path() const { return path_; }

  // The last whole checkpoint of a journal that is there; nothing where there is none. Fails where the journal is of
  // another run.
  Expected<std::optional<Checkpoint>> last(const RunIdentity& identity) const;

  // Begins a new journal, which takes the place of the one that is there once it is whole; its first checkpoint
  // is `from`, if given. False, with errno, where it cannot be written.
  bool begin(const RunIdentity& identity, const std::optional<Checkpoint>& from);
  bool append(const Checkpoint& checkpoint);
  void close();

 private:
  bool write(std::string_view text);

  std::string path_;
  std::FILE* file_ = nullptr;
};

}  // namespace featc
