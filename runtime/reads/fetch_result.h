// SPDX-License-Identifier: Apache-2.0
// What a store answers, and what it is given to answer with.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/survive.h"
#include "values/arena.h"
#include "values/cell.h"

namespace featc {

enum class KeyStatus : uint8_t { Found, Absent, Failed, TimedOut };

// One row a key, in the order of the request. Column f holds field FetchRequest::fields[f]; what its
// cells point to lives in `arena`. A key that was not found has all fields missing.
struct FetchResult {
  std::vector<KeyStatus> status;
  std::vector<ColumnRef> columns;
  std::shared_ptr<Arena> arena;
  // By key, how many values did not parse as their field's type and are missing; empty: none of any key.
  std::vector<uint32_t> badFields;

  void countBad(size_t key, size_t fields) {
    if (badFields.empty()) badFields.resize(status.size());
    badFields[key] += static_cast<uint32_t>(fields);
  }
  uint32_t badFieldsOf(size_t key) const { return key < badFields.size() ? badFields[key] : 0; }
};

// Takes the answer to one fetch, once: of copies that are called, the first one counts. When the last copy goes and
// none was called, the store has failed as a whole. So a store may throw, run out of memory or end at any moment, and
// whoever asked still hears of it.
class FetchDone {
 public:
  FetchDone() = default;
  // `call` may be called on any thread; what it throws ends there.
  template <class Call>
    requires(!std::same_as<std::remove_cvref_t<Call>, FetchDone> && std::invocable<std::decay_t<Call>&, FetchResult>)
  FetchDone(Call&& call)  // NOLINT: a function is what it takes
      : answer_(std::make_shared<AnswerOf<std::decay_t<Call>>>(std::forward<Call>(call))) {}

  void operator()(FetchResult result) const noexcept {
    if (answer_ != nullptr) answer_->give(std::move(result));
  }
  explicit operator bool() const { return answer_ != nullptr; }

 private:
  class Answer {
   public:
    virtual ~Answer() = default;
    void give(FetchResult result) noexcept {
      if (!given_.exchange(true)) survive("taking a store's answer", [&] { call(std::move(result)); });
    }

   protected:
    virtual void call(FetchResult result) = 0;

   private:
    std::atomic<bool> given_ = false;
  };
  template <class Call>
  class AnswerOf final : public Answer {
   public:
    explicit AnswerOf(Call call) : call_(std::move(call)) {}
    ~AnswerOf() override { this->give({}); }

   private:
    void call(FetchResult result) override { call_(std::move(result)); }
    Call call_;
  };
  std::shared_ptr<Answer> answer_;
};

}  // namespace featc
