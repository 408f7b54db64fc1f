// SPDX-License-Identifier: Apache-2.0
// A piece of rows becomes a batch, a result and what the output format makes of it.
#include "tools/run_worker.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/stopwatch.h"

namespace featc {
namespace {

// Items a thread takes at a time.
constexpr int64_t kPieceItems = 4096;

class RunWorker final : public PipelineWorker {
 public:
  explicit RunWorker(SharedRun& run)
      : run_(run), builder_(run.extractor.info()), scratch_(run.extractor), stage_(run.stage.newPart()) {}

  bool read() override {
    // A request that has a line in the log, or limits, is a call of its own.
    bool alone = run_.logger != nullptr || run_.options.limits.any();
    ReadStatus status = run_.reader.take(piece_, builder_, rows_, alone ? 1 : kPieceItems);
    if (status == ReadStatus::Failed) run_.readFailed = true;
    return status == ReadStatus::Batch;
  }

  void prepare() override { run_.reader.parse(piece_, builder_, rows_); }
  bool isNumbered() const override { return run_.reader.isNumberedLate(); }
  void number() override { run_.reader.number(piece_, rows_); }

  void work() override {
    text_.clear();
    line_.clear();
    failure_.clear();
    leftOut_ = {};
    const Batch batch = piece_.batch(builder_);
    hasResult_ = batch.requests > 0;
    if (!hasResult_) return;
    seconds_ = 0;
    compute(batch);
    if (hasResult_ && run_.options.strict) cutAtFailure(batch);
    if (hasResult_ && !run_.stage.isOrdered()) stage_->write(result_, rows_, text_);
  }

  bool write() override {
    run_.stoppedByBadRow = !run_.reader.settle(piece_);
    if (hasResult_) writeBatch();
    if (leftOut_) leaveOut();
    if (!failure_.empty()) {
      run_.progress.message(failure_);
      ++run_.totals.failedRows;
      run_.stoppedByBadRow = true;
    }
    run_.writeFailed = !run_.output.write(text_) || (run_.log != nullptr && !run_.log->write(line_));
    if (run_.writeFailed || run_.stoppedByBadRow) return false;
    // What failed reads left out is not to be gone on with: a later run begins again before the first of them.
    if (piece_.hasPosition && !run_.readLimits.failed(run_.totals)) run_.output.reached(piece_.position, run_.totals);
    return true;
  }

 private:
  void writeBatch() {
    if (run_.stage.isOrdered()) stage_->write(result_, rows_, text_);
    run_.totals.add(result_, run_.extractor.info());
    run_.totals.extractSeconds += seconds_;
    uint64_t failed = reportFailedRows();
    run_.totals.failedRows += failed;
    run_.totals.written += rows_.size() - failed;
    run_.progress.addItems(rows_.size());
    if (run_.sample != nullptr) return;
    run_.sample = std::make_unique<InputSample>(run_.extractor.info());
    run_.sample->columns = std::move(piece_.columns);
    std::swap(run_.sample->builder, builder_);
  }

  void compute(const Batch& batch) {
    Stopwatch extracting;
    Error error = extract(batch);
    seconds_ += extracting.seconds();
    if (!error) {
      stage_->compute(result_);
      return;
    }
    bool limited = error.code == ErrorCode::OverLimit || error.code == ErrorCode::NoMemory;
    if (!limited || !run_.options.limits.any()) throw std::runtime_error(error.message);
    hasResult_ = false;
    leftOut_ = std::move(error);
  }

  // Of a strict run: leaves out the first item that failed and all that stands behind it, as if the input ended there.
  void cutAtFailure(const Batch& batch) {
    int64_t items = 0;
    while (items < batch.items && failureOf(static_cast<size_t>(items)).empty()) ++items;
    if (items == batch.items) return;
    failure_ = placedFailureOf(static_cast<size_t>(items));
    int64_t requests = 0;
    while (batch.itemOffsets[requests] < items) ++requests;
    std::vector<int64_t> offsets(batch.itemOffsets, batch.itemOffsets + requests);
    offsets.push_back(items);
    std::vector<ColumnData> columns(batch.columns.begin(), batch.columns.end());
    const std::vector<InputInfo>& inputs = run_.extractor.info().inputs;
    for (size_t i = 0; i < columns.size(); ++i)
      if (!columns[i].absent) columns[i].length = inputs[i].scope == Scope::Item ? items : requests;
    rows_.resize(static_cast<size_t>(items));
    line_.clear();
    hasResult_ = requests > 0;
    if (hasResult_) compute({requests, items, offsets.data(), columns, batch.badRequests, batch.badItems});
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

  Error extract(const Batch& batch) {
    CallOptions options;
    options.limits = run_.limits.call;
    options.observer = run_.reads;
    if (run_.options.scheduler == "pipelined") options.scheduler = Scheduler::Pipelined;
    if (run_.executor != nullptr) return extractJoined(batch, options);
    if (run_.logger == nullptr) return run_.extractor.run(batch, scratch_, result_, options);
    return run_.logger->run(run_.extractor, batch, scratch_, result_, rows_, line_, options);
  }

  Error extractJoined(const Batch& batch, const CallOptions& options) {
    const bool logs = run_.logger != nullptr;
    SedaExecutor::Answer answer = run_.executor->submit(batch, options.deadline, logs ? &reads_ : nullptr).get();
    std::swap(result_, answer.result);
    if (logs && !answer.error) run_.logger->append(batch, result_, rows_, reads_, line_);
    reads_.clear();
    return answer.error;
  }

  uint64_t reportFailedRows() {
    uint64_t failed = 0;
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (failureOf(i).empty()) continue;
      ++failed;
      run_.progress.message(placedFailureOf(i));
    }
    return failed;
  }
  // Why the item is left out; empty: it is not.
  std::string failureOf(size_t item) const {
    RowStatus status = result_.status(static_cast<int64_t>(item));
    return status == RowStatus::Ok ? stage_->failureOf(item) : statusText(status, run_.limits);
  }
  std::string placedFailureOf(size_t item) const {
    return fmt::format("{}:{}: item {}: {}", run_.options.data.input, rows_[item].line, rows_[item].item,
                       failureOf(item));
  }

  SharedRun& run_;
  ReadPiece piece_;
  BatchBuilder builder_;
  std::vector<InputRow> rows_;
  Scratch scratch_;
  Result result_;
  std::unique_ptr<RunStagePart> stage_;
  std::string text_;
  std::string line_;  // of the log
  std::vector<ReadRow> reads_;
  std::string failure_;  // of a strict run: why it ends here
  bool hasResult_ = false;
  double seconds_ = 0;
  Error leftOut_;  // the piece's request goes past a limit
};

}  // namespace

std::unique_ptr<PipelineWorker> newRunWorker(SharedRun& run) { return std::make_unique<RunWorker>(run); }

}  // namespace featc
