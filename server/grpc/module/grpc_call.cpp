// SPDX-License-Identifier: Apache-2.0
#include "server/grpc/module/grpc_call.h"

#include <grpc/support/time.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace featc::grpc_module {

namespace {

// How late a call that is too slow may be ended.
constexpr std::chrono::milliseconds kWatchEvery{250};

FeatcGrpcText textOf(const std::string& text) { return {text.data(), text.size()}; }
FeatcGrpcText textOf(grpc::string_ref text) { return {text.data(), text.size()}; }

// A call that is refused before anything of it is read.
class RefusedCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit RefusedCall(const std::string& why) { Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, why)); }
  void OnDone() override { delete this; }
};

// From now on; INT64_MAX: there is none.
int64_t untilDeadline(const grpc::GenericCallbackServerContext& context) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return INT64_MAX;
  const gpr_timespec left =
      gpr_time_sub(gpr_convert_clock_type(deadline, GPR_CLOCK_MONOTONIC), gpr_now(GPR_CLOCK_MONOTONIC));
  constexpr int64_t kSecond = 1'000'000'000;
  constexpr int64_t kMostSeconds = 86'400 * 365;  // as good as no limit, and overflows nothing
  return left.tv_sec > kMostSeconds ? INT64_MAX : left.tv_sec * kSecond + left.tv_nsec;
}

}  // namespace

Calls::Calls(const FeatcGrpcOptions& options, const FeatcGrpcHandlers& handlers)
    : handlers_(handlers),
      most_(options.calls),
      receiveTime_(options.receiveMs),
      sendTime_(options.sendMs),
      tooMany_(options.tooMany),
      tooSlow_(options.tooSlow),
      stoppingText_(options.stopping),
      watcher_([this] { watch(); }) {}

Calls::~Calls() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  watcher_.join();
}

grpc::ServerGenericBidiReactor* Calls::CreateReactor(grpc::GenericCallbackServerContext* context) {
  std::lock_guard lock(mutex_);
  if (stopping_ || open_.size() >= most_) {
    refused_.fetch_add(1);
    return new RefusedCall(stopping_ ? stoppingText_ : tooMany_);
  }
  auto* call = new Call(*this, *context);
  open_.insert(call);
  return call;
}

FeatcGrpcCounts Calls::counts() const {
  std::lock_guard lock(mutex_);
  return {.calls = open_.size(), .refused = refused_, .timedOut = timedOut_, .connections = 0, .refusedConnections = 0};
}

void Calls::remove(Call* call) {
  std::lock_guard lock(mutex_);
  open_.erase(call);
}

void Calls::watch() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    wake_.wait_for(lock, kWatchEvery);
    const Clock::time_point now = Clock::now();
    std::vector<Call*> late;
    for (Call* call : open_)
      if (call->isLate(now)) late.push_back(call);
    for (Call* call : late)
      if (open_.contains(call)) call->end();
  }
}

Call::Call(Calls& calls, grpc::GenericCallbackServerContext& context)
    : calls_(calls), context_(context), limit_((arrived_ + calls.receiveTime_).time_since_epoch().count()) {
  StartRead(&message_);
}

void Call::OnReadDone(bool ok) {
  State expected = State::Receiving;
  if (!state_.compare_exchange_strong(expected, ok ? State::Computing : State::Refused)) return;
  if (!ok) return Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the call has no message"));
  limit_ = kNever;
  begin();
}

void Call::begin() {
  std::vector<grpc::Slice> slices;
  std::vector<FeatcGrpcText> parts;
  std::vector<FeatcGrpcHeader> headers;
  try {
    if (!message_.Dump(&slices).ok()) slices.clear();
    for (const grpc::Slice& slice : slices)
      parts.push_back({reinterpret_cast<const char*>(slice.begin()), slice.size()});
    for (const auto& [name, value] : context_.client_metadata()) headers.push_back({textOf(name), textOf(value)});
  } catch (const std::exception&) {
    return Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  }
  message_.Clear();  // the slices stay
  const FeatcGrpcRequest request{.method = textOf(context_.method()),
                                 .headers = headers.data(),
                                 .headerCount = headers.size(),
                                 .parts = parts.data(),
                                 .partCount = parts.size(),
                                 .elapsedNs = std::chrono::nanoseconds(Clock::now() - arrived_).count(),
                                 .patienceNs = untilDeadline(context_)};
  // The call may be answered before this returns; it is not over before this reaction is.
  void* held = calls_.handlers_.begin(calls_.handlers_.context, this, &request);
  std::lock_guard lock(mutex_);
  held_ = held;
  if (cancelled_ && held_ != nullptr) calls_.handlers_.hungUp(held_);
}

void Call::OnCancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
  if (held_ != nullptr) calls_.handlers_.hungUp(held_);
}

void Call::OnDone() {
  calls_.remove(this);
  if (held_ != nullptr) calls_.handlers_.release(held_);
  delete this;
}

void Call::answer(const FeatcGrpcAnswer& answer) {
  try {
    for (size_t i = 0; i < answer.headerCount; ++i) {
      const auto& [name, value] = answer.headers[i];
      context_.AddTrailingMetadata(std::string(name.data, name.size), std::string(value.data, value.size));
    }
  } catch (const std::exception&) {  // NOLINT: without memory they are left out
  }
  state_ = State::Sending;
  limit_ = (Clock::now() + calls_.sendTime_).time_since_epoch().count();
  if (answer.status != 0) {
    answer.release(answer.owner);
    return Finish(grpc::Status(static_cast<grpc::StatusCode>(answer.status),
                               std::string(answer.problem.data, answer.problem.size)));
  }
  // Read only, whatever the type says.
  grpc::Slice bytes(const_cast<char*>(answer.message.data), answer.message.size, answer.release, answer.owner);
  answer_ = grpc::ByteBuffer(&bytes, 1);
  StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
}

void Call::end() {
  limit_ = kNever;
  calls_.timedOut_.fetch_add(1);
  State expected = State::Receiving;
  if (state_.compare_exchange_strong(expected, State::Refused))
    return Finish(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, calls_.tooSlow_));
  if (expected == State::Sending) context_.TryCancel();
}

}  // namespace featc::grpc_module
