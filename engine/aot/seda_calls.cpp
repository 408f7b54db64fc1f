// SPDX-License-Identifier: Apache-2.0
// Calls of the C interface that a SEDA executor computes.
#include "engine/aot/seda_calls.h"

#include <thread>
#include <utility>

#include "engine/aot/session.h"

namespace featc {

namespace {

thread_local bool inCallback = false;

// What the executor says of a session's call, put into the session.
featc_failure takeAnswer(featc_session& session, const Error& error, Result& result) noexcept {
  session.arrow.reset();
  if (!error) {
    std::swap(*session.result, result);
    return FEATC_FINE;
  }
  *session.result = Result();
  session.addMessage(error.message);
  return failureOf(error.code);
}

}  // namespace

SedaHolder::~SedaHolder() {
  if (!inCallback) return;
  SedaExecutor* executor = executor_.release();
  try {
    std::thread([executor] { delete executor; }).detach();
  } catch (...) {
    // No thread can be had: the executor stays.
  }
}

void AwaitedCall::finish(featc_failure failure) noexcept {
  std::lock_guard lock(mutex_);
  isFinished_ = true;
  failure_ = failure;
  finished_.notify_all();
}

featc_failure AwaitedCall::wait() {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return isFinished_; });
  return failure_;
}

featc_failure submitCall(featc_session& session, const Batch& batch, featc_done done, void* context) {
  if (session.seda == nullptr)
    return session.fail(
        {"the extractor has no executor: open it with featc_open_options.seda", ErrorCode::BadArgument});
  auto awaited = done == nullptr ? std::make_shared<AwaitedCall>() : nullptr;
  session.awaited = awaited;
  // From submit() on the session may be answered, and with `done` gone, at any time.
  auto answered = [&session, awaited, done, context](const Error& error, Result& result) noexcept {
    const featc_failure failure = takeAnswer(session, error, result);
    if (awaited != nullptr) return awaited->finish(failure);
    inCallback = true;
    done(context, &session, failure);
    inCallback = false;
  };
  Error refused = session.seda->executor().submit(batch, session.deadline(), std::move(answered), &session.hungUp);
  if (!refused) return FEATC_FINE;
  session.awaited.reset();
  session.arrow.reset();
  return session.fail(refused);
}

}  // namespace featc

featc_failure featc_wait(featc_session* session) {
  std::shared_ptr<featc::AwaitedCall> awaited = std::exchange(session->awaited, nullptr);
  if (awaited != nullptr) return awaited->wait();
  session->message.clear();
  session->addMessage("no submitted call is left to wait for");
  return FEATC_BAD_ARGUMENT;
}
