// SPDX-License-Identifier: Apache-2.0
// Cuts a stream of record batches into pieces that several threads compute side by side.
#include "data/arrow/arrow_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "data/arrow/arrow_batch.h"

namespace featc {
namespace {

// Some requests of a record batch.
struct Piece {
  uint64_t number = 0;
  std::shared_ptr<const ArrowBatch> batch;
  int64_t begin = 0;
  int64_t count = 0;
};

// What became of one. The batch is let go by whoever takes it: releasing an array may need a lock that the
// stream's caller holds while it waits for the threads here.
struct Done {
  std::shared_ptr<const ArrowBatch> batch;
  std::shared_ptr<const Result> result;
  ArrowOwner<ArrowArray> array;
  std::string error;
};

// Computes pieces; each thread has one.
class PieceWorker {
 public:
  PieceWorker(const Extractor& extractor, const ArrowExport& output)
      : extractor_(extractor), output_(output), scratch_(extractor) {}

  Done run(Piece piece) {
    Done done;
    auto result = std::make_shared<Result>();
    Error error = extractor_.run(piece.batch->slice(piece.begin, piece.count, slice_), scratch_, *result);
    done.error = error.message;
    if (!error) done.error = exportArrowResult(extractor_.info(), output_, result, done.array.get());
    done.result = std::move(result);
    done.batch = std::move(piece.batch);
    return done;
  }

 private:
  const Extractor& extractor_;
  const ArrowExport& output_;
  Scratch scratch_;
  ArrowSlice slice_;
};

class ExtractionStream {
 public:
  ExtractionStream(const Extractor& extractor, ArrowArrayStream* in, const ArrowStreamOptions& options,
                   std::shared_ptr<ArrowStreamReport> report)
      : extractor_(extractor),
        options_(options),
        in_(in),
        report_(std::move(report)),
        own_(extractor_, options_.output) {
    if (options_.threads == 0) options_.threads = std::max(1U, std::thread::hardware_concurrency());
    options_.pieceRows = std::max<int64_t>(8, options_.pieceRows / 8 * 8);
    if (report_ == nullptr) report_ = std::make_shared<ArrowStreamReport>();
    report_->totals = RunTotals(extractor_.info());
  }
  ~ExtractionStream() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
    helpers_.clear();
  }
  ExtractionStream(const ExtractionStream&) = delete;
  ExtractionStream& operator=(const ExtractionStream&) = delete;

  std::string open() {
    ArrowOwner<ArrowSchema> schema;
    if (in_->get_schema(in_.get(), schema.get()) != 0) return "the input's schema cannot be read: " + inputError();
    binding_ =
        std::make_unique<ArrowBinding>(extractor_.info(), *schema.get(), extractor_.executable().layout().inputUsed);
    for (std::string& warning : binding_->warnings()) report_->warnings.push_back(std::move(warning));
    return binding_->error();
  }

  void schema(ArrowSchema* out) const { exportArrowSchema(extractor_.info(), options_.output, out); }

  // False: see error().
  bool next(ArrowArray* out) {
    out->release = nullptr;
    if (!error_.empty()) return false;
    Done done;
    if (!nextDone(done)) return error_.empty();
    error_ = std::move(done.error);
    if (!error_.empty()) return false;
    if (report_->sample == nullptr) report_->sample = done.batch;
    report_->totals.add(*done.result, extractor_.info());
    report_->totals.countRows(*done.result);
    done.array.moveTo(out);
    return true;
  }

  const std::string& error() const { return error_; }
  void setError(std::string text) { error_ = std::move(text); }

 private:
  // False at the end of the input and, with a reason in error_, where it cannot be read.
  bool nextDone(Done& out) {
    for (;;) {
      std::unique_lock lock(mutex_);
      if (thrown_ != nullptr) std::rethrow_exception(thrown_);
      if (auto first = done_.find(delivered_); first != done_.end()) {
        out = std::move(first->second);
        done_.erase(first);
        ++delivered_;
        return true;
      }
      if (ended_ && delivered_ == produced_) {
        for (const DataNote& note : notes_.list())
          report_->warnings.push_back(noteText(note, extractor_.info().inputs));
        notes_.clear();
        error_ = inputProblem_;
        return false;
      }
      if (!ended_ && produced_ - delivered_ < uint64_t{2} * options_.threads) {
        lock.unlock();
        produce();
      } else if (!waiting_.empty()) {
        work(lock, own_);
      } else {
        wake_.wait(lock);
      }
    }
  }

  // Takes the next piece of the input, or notes that there is none.
  void produce() {
    if (batch_ == nullptr && !readBatch()) {
      ended_ = true;
      return;
    }
    Piece piece{produced_, batch_, begin_, pieceSize()};
    begin_ += piece.count;
    if (begin_ == batch_->requests()) batch_ = nullptr;
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(piece));
      ++produced_;
    }
    wake_.notify_all();
    if (produced_ > 1 && helpers_.size() + 1 < options_.threads) helpers_.emplace_back([this] { help(); });
  }

  // As many requests as have about pieceRows items, at least one.
  int64_t pieceSize() const {
    const int64_t limit = std::min(begin_ + options_.pieceRows, batch_->requests());
    int64_t end = limit;
    while (end - begin_ > 1 && batch_->itemOffset(end) - batch_->itemOffset(begin_) > options_.pieceRows)
      end = begin_ + (end - begin_) / 2;
    return end - begin_;
  }

  // False: the input has ended or, with the reason in inputProblem_, cannot be read.
  bool readBatch() {
    do {
      ArrowOwner<ArrowArray> array;
      if (in_->get_next(in_.get(), array.get()) != 0) inputProblem_ = "the input cannot be read: " + inputError();
      if (array.isReleased()) return false;
      auto batch = std::make_shared<ArrowBatch>(*binding_, std::move(array));
      begin_ = 0;
      inputProblem_ = batch->error();
      for (const DataNote& note : batch->notes(read_)) notes_.add(note);
      read_ += static_cast<uint64_t>(batch->requests());
      if (!inputProblem_.empty()) return false;
      batch_ = std::move(batch);
    } while (batch_->requests() == 0);
    return true;
  }

  std::string inputError() {
    const char* text = in_->get_last_error(in_.get());
    return text == nullptr ? "no reason given" : text;
  }

  // Computes the piece that has waited for longest. `lock` is held before and after.
  void work(std::unique_lock<std::mutex>& lock, PieceWorker& worker) {
    Piece piece = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const uint64_t number = piece.number;
    Done done;
    done.batch = piece.batch;
    try {
      done = worker.run(std::move(piece));
    } catch (...) {
      done.error = currentMessage();
    }
    lock.lock();
    done_[number] = std::move(done);
    wake_.notify_all();
  }

  void help() noexcept {
    try {
      PieceWorker worker(extractor_, options_.output);
      std::unique_lock lock(mutex_);
      while (!stopped_) {
        if (waiting_.empty())
          wake_.wait(lock);
        else
          work(lock, worker);
      }
    } catch (...) {
      // Whoever waits for this thread's piece must not wait for ever.
      std::lock_guard lock(mutex_);
      thrown_ = std::current_exception();
      wake_.notify_all();
    }
  }

  const Extractor extractor_;
  ArrowStreamOptions options_;
  ArrowOwner<ArrowArrayStream> in_;
  std::shared_ptr<ArrowStreamReport> report_;
  std::unique_ptr<ArrowBinding> binding_;
  PieceWorker own_;  // of the calling thread

  // Of the calling thread only.
  std::shared_ptr<const ArrowBatch> batch_;
  int64_t begin_ = 0;                                 // of the next piece in it
  uint64_t read_ = 0;                                 // requests of all batches
  DataNotes notes_{extractor_.info().inputs.size()};  // told at the end
  uint64_t delivered_ = 0;
  uint64_t produced_ = 0;
  bool ended_ = false;
  std::string inputProblem_;  // why it ended, told once all before it has been delivered
  std::string error_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::exception_ptr thrown_;  // by a helper
  std::deque<Piece> waiting_;
  std::map<uint64_t, Done> done_;
  std::vector<std::jthread> helpers_;
};

// -- The C interface ----------------------------------------------------------------------------------

ExtractionStream* streamOf(ArrowArrayStream* stream) { return static_cast<ExtractionStream*>(stream->private_data); }

// Exceptions end here: the interface has error numbers.
template <class F>
int guarded(ArrowArrayStream* stream, F&& f) {
  try {
    return f(*streamOf(stream)) ? 0 : EINVAL;
  } catch (const std::bad_alloc&) {
    // The piece may be lost: the stream has ended.
    streamOf(stream)->setError(currentMessage());
    return ENOMEM;
  } catch (...) {
    streamOf(stream)->setError(currentMessage());
    return EIO;
  }
}

int getSchema(ArrowArrayStream* stream, ArrowSchema* out) {
  return guarded(stream, [out](ExtractionStream& s) {
    s.schema(out);
    return true;
  });
}

int getNext(ArrowArrayStream* stream, ArrowArray* out) {
  return guarded(stream, [out](ExtractionStream& s) { return s.next(out); });
}

const char* getLastError(ArrowArrayStream* stream) {
  const std::string& error = streamOf(stream)->error();
  return error.empty() ? nullptr : error.c_str();
}

void releaseStream(ArrowArrayStream* stream) {
  delete streamOf(stream);
  stream->release = nullptr;
}

}  // namespace

std::string extractArrowStream(const Extractor& extractor, ArrowArrayStream* in, const ArrowStreamOptions& options,
                               ArrowArrayStream* out, std::shared_ptr<ArrowStreamReport> report) {
  auto stream = std::make_unique<ExtractionStream>(extractor, in, options, std::move(report));
  if (std::string error = stream->open(); !error.empty()) return error;
  *out = {getSchema, getNext, getLastError, releaseStream, stream.release()};
  return {};
}

}  // namespace featc
