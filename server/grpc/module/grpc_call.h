// SPDX-License-Identifier: Apache-2.0
// The calls of a server: each reads one message, hands it to the program, and sends the answer when there is one.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>

#include "server/grpc/module/grpc_module.h"

namespace featc::grpc_module {

using Clock = std::chrono::steady_clock;

class Call;

// All that are open, of which none stays longer than the limits of time allow. Thread-safe.
class Calls final : public grpc::CallbackGenericService {
 public:
  Calls(const FeatcGrpcOptions& options, const FeatcGrpcHandlers& handlers);
  // When no call is open any more.
  ~Calls() override;
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;
  FeatcGrpcCounts counts() const;
  // From now on new calls are refused.
  void stop() { stopping_ = true; }

 private:
  friend class Call;
  void remove(Call* call);
  void watch();

  const FeatcGrpcHandlers handlers_;
  const size_t most_;
  const std::chrono::milliseconds receiveTime_;
  const std::chrono::milliseconds sendTime_;
  const std::string tooMany_;
  const std::string tooSlow_;
  const std::string stoppingText_;
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> refused_ = 0;
  std::atomic<uint64_t> timedOut_ = 0;
  // Whoever ends a call that took too long may be the one who removes it.
  mutable std::recursive_mutex mutex_;
  std::condition_variable_any wake_;
  std::unordered_set<Call*> open_;
  bool ending_ = false;
  std::thread watcher_;
};

class Call final : public grpc::ServerGenericBidiReactor {
 public:
  Call(Calls& calls, grpc::GenericCallbackServerContext& context);

  // Called once a message has come, and once only: the call may be gone when it returns.
  void answer(const FeatcGrpcAnswer& answer);
  // Whether the message, or the sending of the answer, is too late.
  bool isLate(Clock::time_point now) const { return now.time_since_epoch().count() > limit_; }
  // What follows then, once. The call is open.
  void end();

 private:
  enum class State { Receiving, Computing, Sending, Refused };
  static constexpr Clock::rep kNever = INT64_MAX;

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  void begin();

  Calls& calls_;
  grpc::GenericCallbackServerContext& context_;
  const Clock::time_point arrived_ = Clock::now();
  std::atomic<State> state_ = State::Receiving;
  std::atomic<Clock::rep> limit_;
  grpc::ByteBuffer message_;
  grpc::ByteBuffer answer_;
  std::mutex mutex_;
  void* held_ = nullptr;  // what the program has of the call
  bool cancelled_ = false;
};

}  // namespace featc::grpc_module
