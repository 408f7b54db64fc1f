// SPDX-License-Identifier: Apache-2.0
// One request on its way through the executor, and the one answer that it gets.
#include "runtime/seda/seda_request.h"

#include <utility>

#include "support/survive.h"

namespace featc {

void SedaRequest::answer(Error error, Result& result, RunObserver* observer) noexcept {
  if (!done) return;
  auto call = std::exchange(done, nullptr);
  tellObserver(observer, [&](RunObserver& o) {
    o.onCall({batch.requests, batch.items, std::chrono::steady_clock::now() - submitted, static_cast<bool>(error)});
  });
  survive("a request's callback", [&] { call(std::move(error), result); });
}

void SedaRequest::refuse(Error error, RunObserver* observer) noexcept {
  Result none;
  answer(std::move(error), none, observer);
}

}  // namespace featc
