// SPDX-License-Identifier: Apache-2.0
// Reads rows from LMDB.
#include "stores/lmdb_store.h"

#include <cstring>
#include <new>
#include <vector>

#include "stores/row_format.h"
#include "stores/store_kind.h"
#include "stores/writers.h"
#include "support/survive.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTryAgainAfter = std::chrono::milliseconds(200);
constexpr size_t kKeysBetweenLooks = 16;  // at the clock

}  // namespace

LmdbStore::LmdbStore(std::string path, const StoreOptions& options)
    : path_(std::move(path)),
      maxValueBytes_(options.maxValueBytes),
      maxFetchBytes_(options.maxFetchBytes),
      workers_(options.workers) {
  (void)environment();
}

void LmdbStore::fetch(const FetchRequest& request, Done done) {
  workers_.post([this, request, done = std::move(done)] {
    FetchResult result;
    try {
      result = read(request);
    } catch (...) {
      survived("a read of LMDB");
      failed("out of memory");
    }
    done(std::move(result));
  });
}

std::string LmdbStore::problem() const {
  std::lock_guard lock(mutex_);
  return problem_;
}

std::string LmdbStore::openProblem(Clock::time_point) { return environment() == nullptr ? problem() : std::string(); }

void LmdbStore::failed(std::string_view why) noexcept {
  std::lock_guard lock(mutex_);
  try {
    problem_ = why;
  } catch (...) {
    problem_ = "out of memory";  // needs none
  }
}

std::shared_ptr<LmdbEnvironment> LmdbStore::environment() {
  std::lock_guard lock(mutex_);
  if (environment_ == nullptr && Clock::now() >= nextTry_) {
    Expected<std::shared_ptr<LmdbEnvironment>> opened = LmdbEnvironment::open(path_, LmdbEnvironment::Mode::Read);
    problem_ = opened.error().message;
    if (opened) environment_ = *std::move(opened);
    nextTry_ = Clock::now() + kTryAgainAfter;
  }
  return environment_;
}

FetchResult LmdbStore::read(const FetchRequest& request) {
  std::shared_ptr<LmdbEnvironment> from = environment();
  if (from == nullptr) return answerAll(request, KeyStatus::Failed);
  LmdbEnvironment::Reading reading(*from);
  if (!reading.problem().empty()) {
    failed(reading.problem());
    return answerAll(request, KeyStatus::Failed);
  }
  auto arena = std::make_shared<Arena>(SIZE_MAX);
  RowDecoder decoder(request, arena);
  std::vector<Str> texts;
  size_t bytes = 0;
  for (size_t k = 0; k < request.keys.size(); ++k) {
    if (k % kKeysBetweenLooks == 0 && Clock::now() >= request.deadline) {
      for (; k < request.keys.size(); ++k) decoder.setStatus(k, KeyStatus::TimedOut);
      break;
    }
    std::string_view value;
    int code = reading.get(request.keys[k], value);
    if (code == MDB_NOTFOUND) continue;
    bool tooLarge = code == 0 && (value.size() > maxValueBytes_ || value.size() > maxFetchBytes_ - bytes);
    if (code != 0 || tooLarge) {
      failed(code != 0 ? mdb_strerror(code)
                       : "a value is larger than max_value_bytes, or all are than max_fetch_bytes");
      decoder.setStatus(k, KeyStatus::Failed);
      continue;
    }
    // The file's pages may change as soon as the reading ends.
    bytes += value.size();
    char* copy = arena->allocate<char>(value.size());
    if (copy == nullptr) throw std::bad_alloc();
    std::memcpy(copy, value.data(), value.size());
    decodeRow({copy, value.size()}, request, k, decoder, texts);
  }
  return decoder.take();
}

constinit const StoreKind kLmdbKind = {
    .scheme = "lmdb",
    .form = "lmdb:PATH",
    .parse = [](std::string_view rest, StoreUrl& url) { return takePath(rest, url); },
    .name = [](const StoreUrl& url) { return "lmdb:" + url.path; },
    .open = [](const StoreUrl& url, const StoreOptions& options, std::span<const SourceInfo>,
               OpenedStore& opened) { opened.store = std::make_shared<LmdbStore>(url.path, options); },
    .openWriter = [](const StoreUrl& url, const StoreOptions&) { return openLmdbWriter(url.path); },
};

}  // namespace featc
