// SPDX-License-Identifier: Apache-2.0
// A piece of rows becomes a batch, a result and what the output format makes of it.
#include "tools/run_worker.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tools/stopwatch.h"

namespace featc {
namespace {

// Items a thread takes at a time.
constexpr int64_t kPieceItems = 4096;

class RunWorker final : public PipelineWorker {
 public:
  explicit RunWorker(SharedRun& run) : run_(run), builder_(run.extractor.info()), scratch_(run.extractor) {}

  bool read() override {
    // A request that has a line in the log, or limits, is a call of its own.
    bool alone = run_.logger != nullptr || run_.options.limits.any();
    ReadStatus status = run_.reader.take(piece_, builder_, rows_, alone ? 1 : kPieceItems);
    if (status == ReadStatus::Failed) run_.readFailed = true;
    return status == ReadStatus::Batch;
  }

  void work() override {
    run_.reader.parse(piece_, builder_, rows_);
    text_.clear();
    line_.clear();
    leftOut_ = {};
    if (builder_.requests() == 0) return;
    Stopwatch extracting;
    if (RunError error = extract(builder_.batch())) {
      bool limited = error.kind == RunFailure::OverLimit || error.kind == RunFailure::NoMemory;
      if (!limited || !run_.options.limits.any()) throw std::runtime_error(error.message);
      leftOut_ = std::move(error);
      return;
    }
    seconds_ = extracting.seconds();
    if (!run_.writer.isOrdered()) run_.writer.write(result_, rows_, text_);
  }

  bool write() override {
    run_.stoppedByBadRow = !run_.reader.settle(piece_);
    if (leftOut_)
      leaveOut();
    else if (builder_.requests() > 0)
      writeBatch();
    run_.writeFailed = !run_.output.write(text_) || (run_.log != nullptr && !run_.log->write(line_));
    if (run_.writeFailed || run_.stoppedByBadRow) return false;
    if (piece_.hasPosition) run_.output.reached(piece_.position, run_.totals);
    return true;
  }

 private:
  void writeBatch() {
    if (run_.writer.isOrdered()) run_.writer.write(result_, rows_, text_);
    run_.totals.add(result_);
    run_.totals.extractSeconds += seconds_;
    uint64_t failed = reportFailedRows();
    run_.totals.failedRows += failed;
    run_.totals.written += rows_.size() - failed;
    run_.progress.addItems(rows_.size());
    if (run_.options.strict && failed > 0) run_.stoppedByBadRow = true;
  }

  // The one request of the piece.
  void leaveOut() {
    std::string place =
        rows_.empty() ? run_.options.data.input : fmt::format("{}:{}", run_.options.data.input, rows_[0].line);
    run_.progress.message(fmt::format("{}: request: {}", place, leftOut_.message));
    run_.totals.failedRows += rows_.size();
    run_.progress.addItems(rows_.size());
    if (run_.options.strict) run_.stoppedByBadRow = true;
  }

  RunError extract(const Batch& batch) {
    CallOptions options;
    options.limits = run_.limits.call;
    options.observer = run_.reads;
    if (run_.options.scheduler == "pipelined") options.scheduler = Scheduler::Pipelined;
    if (run_.logger != nullptr) {
      return run_.logger->run(run_.extractor, batch, scratch_, result_, rows_, line_, options);
    }
    if (run_.executor == nullptr) return run_.extractor.run(batch, scratch_, result_, options);
    SedaExecutor::Answer answer = run_.executor->submit(batch, options.deadline).get();
    std::swap(result_, answer.result);
    return answer.error;
  }

  uint64_t reportFailedRows() {
    uint64_t failed = 0;
    for (size_t i = 0; i < rows_.size(); ++i) {
      RowStatus status = result_.status(static_cast<int64_t>(i));
      if (status == RowStatus::Ok) continue;
      ++failed;
      run_.progress.message(fmt::format("{}:{}: item {}: {}", run_.options.data.input, rows_[i].line, rows_[i].item,
                                        statusText(status, run_.limits)));
    }
    return failed;
  }

  SharedRun& run_;
  ReadPiece piece_;
  BatchBuilder builder_;
  std::vector<InputRow> rows_;
  Scratch scratch_;
  Result result_;
  std::string text_;
  std::string line_;  // of the log
  double seconds_ = 0;
  RunError leftOut_;  // the piece's request goes past a limit
};

}  // namespace

std::unique_ptr<PipelineWorker> newRunWorker(SharedRun& run) { return std::make_unique<RunWorker>(run); }

}  // namespace featc
