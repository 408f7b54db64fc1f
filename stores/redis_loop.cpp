// SPDX-License-Identifier: Apache-2.0
// Runs the event loop: takes fetches, watches their deadlines, hands finished ones to the workers.
#include "stores/redis_loop.h"

#include <event2/dns.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "stores/redis_cluster.h"
#include "stores/redis_connection.h"
#include "stores/timeval.h"
#include "support/survive.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

void RedisShared::failed(std::string_view why) noexcept {
  std::lock_guard lock(mutex_);
  try {
    problem_ = why;
  } catch (...) {
    problem_ = "out of memory";  // needs none
  }
}

std::string RedisShared::problem() const {
  std::lock_guard lock(mutex_);
  return problem_;
}

void RedisShared::settled() {
  std::lock_guard lock(mutex_);
  settled_.notify_all();
}

void RedisShared::clusterSettled(std::string problem) {
  std::lock_guard lock(mutex_);
  if (clusterProblem_ && clusterProblem_->empty()) return;
  clusterProblem_ = std::move(problem);
  settled_.notify_all();
}

std::string RedisShared::openProblem(Clock::time_point until) {
  std::unique_lock lock(mutex_);
  if (!url.seeds.empty()) {
    bool isKnown = settled_.wait_until(lock, until, [this] { return clusterProblem_.has_value(); });
    return isKnown ? *clusterProblem_ : "no connection in time";
  }
  if (!settled_.wait_until(lock, until, [this] { return made > 0 || usable == 0; })) return "no connection in time";
  return made > 0 ? std::string() : problem_;
}

RedisLoop::RedisLoop(RedisShared& shared) : shared_(shared), random_(std::random_device()()) {
  try {
    base_ = event_base_new();
    wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (base_ == nullptr || wake_ < 0) throw std::bad_alloc();
    wakeEvent_ = event_new(base_, wake_, EV_READ | EV_PERSIST, &woken, this);
    if (wakeEvent_ == nullptr || event_add(wakeEvent_, nullptr) != 0) throw std::bad_alloc();
    if (!shared.url.seeds.empty()) cluster_ = std::make_unique<RedisCluster>(*this, base_);
    for (uint32_t i = 0; cluster_ == nullptr && i < shared.options.connections; ++i)
      connections_.push_back(
          std::make_unique<RedisConnection>(*this, base_, RedisAddress{shared.url.host, shared.url.port}));
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    release();
    throw;
  }
}

RedisLoop::~RedisLoop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  eventfd_write(wake_, 1);
  thread_.join();
  release();
}

void RedisLoop::release() noexcept {
  connections_.clear();
  cluster_ = nullptr;
  if (wakeEvent_ != nullptr) event_free(wakeEvent_);
  if (names_ != nullptr) evdns_base_free(names_, 0);
  if (base_ != nullptr) event_base_free(base_);
  if (wake_ >= 0) ::close(wake_);
}

void RedisLoop::submit(std::shared_ptr<RedisFetch> fetch) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = submitted_.empty();
    submitted_.push_back(std::move(fetch));
  }
  // Who finds the list empty wakes the loop; it takes the whole list at once.
  if (first) eventfd_write(wake_, 1);
}

void RedisLoop::run() noexcept {
  // hiredis writes to sockets that the other side may have closed, which would end the process.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  for (auto& connection : connections_)
    RedisConnection::guarded(connection.get(), [](RedisConnection& c) { c.connect(); });
  if (cluster_ != nullptr) cluster_->connect();
  event_base_dispatch(base_);
}

void RedisLoop::woken(evutil_socket_t wake, short, void* loop) {
  eventfd_t count = 0;
  (void)eventfd_read(wake, &count);
  static_cast<RedisLoop*>(loop)->takeSubmitted();
}

void RedisLoop::takeSubmitted() noexcept {
  bool stop = false;
  {
    std::lock_guard lock(mutex_);
    taken_.swap(submitted_);
    stop = stopping_;
  }
  for (const std::shared_ptr<RedisFetch>& fetch : taken_)
    if (!survive("a fetch of Redis", [&] { start(fetch); })) finish(fetch, KeyStatus::Failed);
  taken_.clear();
  for (auto& connection : connections_)
    RedisConnection::guarded(connection.get(), [&](RedisConnection& c) { stop ? c.close() : c.pump(); });
  if (cluster_ != nullptr) stop ? cluster_->close() : cluster_->pump();
  if (stop) event_base_loopbreak(base_);
}

void RedisLoop::start(const std::shared_ptr<RedisFetch>& fetch) {
  RedisConnection* best = RedisConnection::leastLoaded(connections_);
  if (best == nullptr && cluster_ == nullptr) return finish(fetch, KeyStatus::Failed);
  if (fetch->deadline() != Clock::time_point::max()) {
    auto left = std::chrono::duration_cast<std::chrono::microseconds>(fetch->deadline() - Clock::now());
    if (left.count() <= 0) return finish(fetch, KeyStatus::TimedOut);
    timeval after = timevalOf(left);
    event_assign(&fetch->timer, base_, -1, EV_TIMEOUT, &timedOut, fetch.get());
    if (event_add(&fetch->timer, &after) != 0) throw std::bad_alloc();
    // Until finish(), which every fetch comes to.
    fetch->loop = this;
    fetch->timed = fetch;
  }
  if (cluster_ != nullptr)
    cluster_->start(fetch);
  else
    best->add({.fetch = fetch, .end = static_cast<uint32_t>(fetch->keys().size())});
}

void RedisLoop::timedOut(evutil_socket_t, short, void* argument) {
  std::shared_ptr<RedisFetch> fetch = static_cast<RedisFetch*>(argument)->timed;
  fetch->loop->shared_.failed("no answer in time");
  fetch->loop->finish(fetch, KeyStatus::TimedOut);
}

void RedisLoop::finish(const std::shared_ptr<RedisFetch>& fetch, KeyStatus rest) noexcept {
  if (fetch->finished()) return;
  std::shared_ptr<RedisFetch> kept = fetch;  // what `fetch` refers to may go with the deadline
  if (kept->timed != nullptr) {
    event_del(&kept->timer);
    kept->timed = nullptr;
  }
  kept->finish(rest);
  WorkerPool::Task delivery;
  delivery.splice(delivery.end(), kept->delivery);
  if (kept->isLight())
    kept->deliver();
  else
    shared_.workers.post(std::move(delivery));
}

evdns_base* RedisLoop::names() {
  if (names_ == nullptr)
    names_ = evdns_base_new(base_, EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE);
  return names_;
}

}  // namespace featc
