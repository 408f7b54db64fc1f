// SPDX-License-Identifier: Apache-2.0
// Partial files, their journals, and the name that a whole file gets.
#include "tools/run_output.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "support/print_error.h"
#include "tools/command.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

// At most this often, since the disk must have it.
constexpr std::chrono::milliseconds kBetweenCheckpoints{250};

// Pipes and devices are written to as they are.
bool isRegular(const std::string& path) {
  std::error_code ignored;
  fs::file_status status = fs::status(path, ignored);
  return path != "-" && (!fs::exists(status) || fs::is_regular_file(status));
}

// Through symbolic links, which a rename would replace.
std::string realPath(const std::string& path) {
  std::error_code error;
  fs::path real = fs::canonical(path, error);
  return error ? path : real.string();
}

Error notResumable(const std::string& path, const std::string& why) {
  return {fmt::format("cannot resume {}: {}", path, why), ErrorCode::BadArgument, path};
}

}  // namespace

RunOutput::RunOutput(std::string path, std::string partial, RunIdentity identity, std::optional<Checkpoint> resumed,
                     bool keepsJournal)
    : path_(std::move(path)),
      partial_(std::move(partial)),
      identity_(std::move(identity)),
      resumed_(std::move(resumed)),
      file_(partial_, resumed_ ? resumed_->outputBytes : 0),
      bytes_(resumed_ ? resumed_->outputBytes : 0),
      journal_(path_ + ".journal"),
      keepsJournal_(keepsJournal),
      hasCheckpoint_(resumed_.has_value()) {}

Expected<std::unique_ptr<RunOutput>> RunOutput::open(const std::string& path, RunIdentity identity, Begin begin) {
  bool isFile = isRegular(path);
  std::string real = isFile ? realPath(path) : path;
  std::string partial = isFile ? real + ".partial" : real;
  std::optional<Checkpoint> from;
  if (begin == Begin::GoOn) {
    if (!isFile) return notResumable(path == "-" ? "stdout" : path, "only a file keeps what an earlier run wrote");
    Expected<std::optional<Checkpoint>> last = RunJournal(real + ".journal").last(identity);
    if (!last) return notResumable(path, last.error().message);
    from = *std::move(last);
    std::error_code none;
    uintmax_t size = fs::file_size(partial, none);
    // Killed between giving the file its name and removing the journal: it is whole.
    if (none) from.reset();
    if (from && size < from->outputBytes)
      return notResumable(path, fmt::format("{} is shorter than its journal says", partial));
    if (!from) printError("featc: nothing to resume for {}: starting from the beginning\n", path);
  }
  std::unique_ptr<RunOutput> out(
      new RunOutput(real, partial, std::move(identity), std::move(from), isFile && begin != Begin::NeverResumed));
  if (!out->file_.good()) {
    out->file_.finish();
    return Error("", ErrorCode::NoFile, path);
  }
  // What an earlier run left is of no use to a later one.
  if (isFile && !out->keepsJournal_) std::remove(out->journal_.path().c_str());
  if (out->keepsJournal_ && !out->journal_.begin(out->identity_, out->resumed_)) {
    const std::string& journal = out->journal_.path();
    return Error(fmt::format("cannot write {}: {}", journal, std::strerror(errno)), ErrorCode::NoFile, journal);
  }
  return out;
}

bool RunOutput::write(std::string_view bytes) {
  bytes_ += bytes.size();
  return file_.write(bytes);
}

void RunOutput::reached(const ReaderPosition& position, const RunTotals& totals) {
  if (!keepsJournal_ || !journalGood_ || Clock::now() - lastKept_ < kBetweenCheckpoints) return;
  // A journal that cannot be written costs only what would be done again.
  journalGood_ = file_.sync() && journal_.append({bytes_, position, totals});
  hasCheckpoint_ = hasCheckpoint_ || journalGood_;
  lastKept_ = Clock::now();
}

std::string RunOutput::leftover(std::string_view resumesFrom) const {
  if (!isFile()) return {};
  std::string next = "a run like this cannot be resumed";
  if (keepsJournal_ && hasCheckpoint_) next = fmt::format("--resume continues from {}", resumesFrom);
  if (keepsJournal_ && !hasCheckpoint_) next = "--resume starts from the beginning";
  return fmt::format("{} holds what was written until then; {}", partial_, next);
}

std::string RunOutput::interruptNotice() const {
  if (!isFile()) return {};
  return fmt::format(
      "featc: stopped; {} holds what was written until then; {}", partial_,
      keepsJournal_ ? "--resume continues from its last checkpoint" : "a run like this cannot be resumed");
}

int RunOutput::finish(bool complete, std::string_view resumesFrom) {
  int exitCode = file_.finish();
  journal_.close();
  if (file_.closedEarly()) {
    printError("featc: {} was closed before all features were written\n", path_ == "-" ? "stdout" : path_);
    return kBadInput;
  }
  if (!isFile()) return exitCode;
  if (exitCode != kFine || !complete) {
    printError("featc: {}\n", leftover(resumesFrom));
    return kBadInput;
  }
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) {
    printError("featc: cannot rename {} to {}: {}\n", partial_, path_, std::strerror(errno));
    return kBadInput;
  }
  std::remove(journal_.path().c_str());
  return kFine;
}

}  // namespace featc
