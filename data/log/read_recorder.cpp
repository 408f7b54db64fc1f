// SPDX-License-Identifier: Apache-2.0
// A store around a store, and the recorder of the thread that asks.
#include "data/log/read_recorder.h"

#include "data/log/read_rows.h"
#include "data/memory/memory_store.h"
#include "support/survive.h"

namespace featc {
namespace {

// The calls that this thread makes are recorded here; null: they are not.
thread_local std::shared_ptr<ReadRecorder> watching;

class RecordingStore final : public Store {
 public:
  explicit RecordingStore(std::shared_ptr<Store> inner) : inner_(std::move(inner)) {}

  void fetch(const FetchRequest& request, Done done) override {
    if (watching == nullptr) return inner_->ask(request, std::move(done));
    inner_->ask(request, [request, recorder = watching, done = std::move(done)](FetchResult result) {
      recorder->record(request, result);
      done(std::move(result));
    });
  }

 private:
  std::shared_ptr<Store> inner_;
};

}  // namespace

ReadRecorder::Watch::Watch(std::shared_ptr<ReadRecorder> recorder) { watching = std::move(recorder); }
ReadRecorder::Watch::~Watch() { watching = nullptr; }

void ReadRecorder::record(const FetchRequest& request, const FetchResult& result) noexcept {
  std::lock_guard lock(mutex_);
  try {
    keep(request, result);
  } catch (...) {
    survived("a log of calls");
    problem_ = "out of memory";  // needs none
  }
}

void ReadRecorder::keep(const FetchRequest& request, const FetchResult& result) {
  for (size_t k = 0; k < request.keys.size(); ++k) {
    // Calls take an answer that is not a row a key as a failure.
    bool answered = result.status.size() == request.keys.size() && result.columns.size() == request.fields.size();
    RecordedRow row{request.source->name, request.keys[k], answered ? result.status[k] : KeyStatus::Failed, {}};
    if (row.status == KeyStatus::Found)
      appendRowFields(row.fields, *request.source, request.fields, result, k, LogRedaction(), problem_);
    rows_.push_back(std::move(row));
  }
}

std::vector<RecordedRow> ReadRecorder::rows() {
  std::lock_guard lock(mutex_);
  return rows_;
}

std::string ReadRecorder::problem() {
  std::lock_guard lock(mutex_);
  return problem_;
}

StoreBinding recordingStores(const StoreBinding& stores, const std::vector<SourceInfo>& sources) {
  StoreBinding out;
  StoreLoadReport unused;
  std::shared_ptr<Store> empty = MemoryStore::parse("", sources, unused);
  for (const SourceInfo& source : sources) {
    auto own = stores.bySource.find(source.name);
    std::shared_ptr<Store> inner = own != stores.bySource.end() ? own->second : stores.fallback;
    out.bySource[source.name] = std::make_shared<RecordingStore>(inner == nullptr ? empty : inner);
  }
  return out;
}

}  // namespace featc
