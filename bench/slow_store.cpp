// SPDX-License-Identifier: Apache-2.0
// A store that answers as late as the network and the servers behind it would: with a long tail.
#include "bench/slow_store.h"

#include <algorithm>
#include <cmath>

#include "values/hash.h"

namespace featc::bench {

namespace {

constexpr double kPi = 3.14159265358979323846;
// ln 20 / the 99th percentile of the normal distribution.
constexpr double kSigma = 2.995732274 / 2.326347874;

// Uniform in (0, 1).
double uniform(uint64_t what) {
  uint64_t hash = hashBytes(HashFamily::Xxh3, {reinterpret_cast<const char*>(&what), sizeof what});
  return (static_cast<double>(hash >> 11U) + 0.5) / 9007199254740992.0;
}

}  // namespace

SlowStore::SlowStore(std::shared_ptr<Store> behind, SlowPart part, std::chrono::microseconds median)
    : behind_(std::move(behind)),
      part_(part),
      median_(std::chrono::duration<double>(median).count()),
      thread_([this] { answerLoop(); }) {}

SlowStore::~SlowStore() {
  behind_ = nullptr;  // answers what it still owes
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

double SlowStore::draw(uint64_t what) const {
  double normal = std::sqrt(-2 * std::log(uniform(what))) * std::cos(2 * kPi * uniform(~what));
  return median_ * std::exp(kSigma * normal);
}

void SlowStore::fetch(const FetchRequest& request, Done done) {
  uint64_t number = ++roundTrips_;
  keys_ += request.keys.size();
  double seconds = 0;
  if (part_ == SlowPart::RoundTrip) {
    seconds = draw(number);
  } else {
    // A call asks for a key once, so that every key of every call is drawn once.
    for (const std::string& key : request.keys)
      seconds = std::max(seconds, draw(hashBytes(HashFamily::Xxh3, key) ^ number * 0x9E3779B97F4A7C15U));
  }
  TimePoint due = std::chrono::steady_clock::now() +
                  std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
  behind_->fetch(request, [this, due, done = std::move(done)](FetchResult result) mutable {
    answerAt({due, std::make_shared<FetchResult>(std::move(result)), std::move(done)});
  });
}

void SlowStore::answerAt(Answer answer) {
  std::lock_guard lock(mutex_);
  bool first = answers_.empty() || answer.due < answers_.top().due;
  answers_.push(std::move(answer));
  if (first) changed_.notify_one();
}

void SlowStore::answerLoop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (answers_.empty()) {
      if (stop_) return;
      changed_.wait(lock);
    } else if (TimePoint due = answers_.top().due; !stop_ && due > std::chrono::steady_clock::now()) {
      changed_.wait_until(lock, due);
    } else {
      Answer answer = answers_.top();
      answers_.pop();
      lock.unlock();
      answer.done(std::move(*answer.result));
      lock.lock();
    }
  }
}

}  // namespace featc::bench
