// SPDX-License-Identifier: Apache-2.0
// Where the features of a run go. A file appears under its name only when it is whole: until then it is
// PATH.partial, with a journal beside it from which --resume goes on.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tools/output_file.h"
#include "tools/run_journal.h"

namespace featc {

class RunOutput {
 public:
  // GoOn: with what an earlier run of this identity left, if it left anything. NeverResumed: no journal is kept.
  enum class Begin { Anew, GoOn, NeverResumed };

  // `-` is stdout. Fails with BadArgument where what is to be gone on with is of another run, and with NoFile where
  // nothing can be written, which may have been printed: the message is empty then.
  static Expected<std::unique_ptr<RunOutput>> open(const std::string& path, RunIdentity identity, Begin begin);

  // Where the earlier run was; nothing: this one begins at the beginning.
  const std::optional<Checkpoint>& resumed() const { return resumed_; }

  // False once anything went wrong.
  bool write(std::string_view bytes);
  // What was written so far belongs to what was read before `position`. Kept now and then, so that little is done
  // again after a kill.
  void reached(const ReaderPosition& position, const RunTotals& totals);

  // `complete`: all of the input was read and written, so the file gets its name; else `resumesFrom` says in words
  // where --resume would go on. The exit code; what is wrong was printed.
  int finish(bool complete, std::string_view resumesFrom = "there");
  // What a run that ends here leaves behind; empty where that is nothing to go on with.
  std::string leftover(std::string_view resumesFrom) const;
  // The same as a signal at any moment from now on would have it; empty for no file.
  std::string interruptNotice() const;

 private:
  using Clock = std::chrono::steady_clock;

  RunOutput(std::string path, std::string partial, RunIdentity identity, std::optional<Checkpoint> resumed,
            bool keepsJournal);
  bool isFile() const { return partial_ != path_; }

  std::string path_;
  std::string partial_;  // what is written to; `path_` itself where that is not a regular file
  RunIdentity identity_;
  std::optional<Checkpoint> resumed_;
  OutputFile file_;
  uint64_t bytes_;
  RunJournal journal_;
  const bool keepsJournal_;
  bool journalGood_ = true;
  bool hasCheckpoint_ = false;
  Clock::time_point lastKept_;
};

}  // namespace featc
