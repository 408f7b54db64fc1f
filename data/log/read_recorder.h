// SPDX-License-Identifier: Apache-2.0
// Keeps what stores answered to one call, so that the call can be replayed without them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/calls/extractor.h"
#include "runtime/reads/store.h"

namespace featc {

// One key of one source and what came back: `fields` is a JSON object of the fields that were asked for, those
// that are missing as null; empty: nothing was found.
struct RecordedRow {
  std::string source;
  std::string key;
  KeyStatus status = KeyStatus::Absent;
  std::string fields;
};

// What the fetches of one call brought; thread-safe, since answers come on any thread.
class ReadRecorder {
 public:
  // Fetches that the constructing thread sends to recording stores until the end of its life are recorded.
  class Watch {
   public:
    explicit Watch(std::shared_ptr<ReadRecorder> recorder);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
  };

  // Where there is no memory for it the read goes on, and problem() says so.
  void record(const FetchRequest& request, const FetchResult& result) noexcept;
  std::vector<RecordedRow> rows();
  // Why what was recorded does not say it all, such as a string that is not UTF-8; empty: it does.
  std::string problem();

 private:
  void keep(const FetchRequest& request, const FetchResult& result);

  std::mutex mutex_;
  std::vector<RecordedRow> rows_;
  std::string problem_;
};

// The same stores, each recording where a ReadRecorder::Watch asks for it. A source without a store gets one whose
// rows are all absent.
StoreBinding recordingStores(const StoreBinding& stores, const std::vector<SourceInfo>& sources);

}  // namespace featc
