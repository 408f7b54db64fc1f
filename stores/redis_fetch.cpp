// SPDX-License-Identifier: Apache-2.0
// Commands for a fetch's keys, and the answer made of the replies.
#include "stores/redis_fetch.h"

#include <algorithm>
#include <cstring>

#include "stores/redis_commands.h"
#include "stores/row_decoder.h"
#include "support/survive.h"

namespace featc {
namespace {

// Keys that one MGET asks for: few enough that other fetches' commands get between.
constexpr uint32_t kKeysACommand = 128;

}  // namespace

RedisFetch::RedisFetch(const FetchRequest& request, Store::Done done, size_t maxValueBytes, size_t maxFetchBytes)
    : request_(request),
      done_(std::move(done)),
      json_(request.source->encoding == Encoding::Json),
      plain_(!json_ && std::ranges::none_of(request.fields,
                                            [&](uint32_t f) {
                                              Type type = request.source->fields[f].type;
                                              return type.isList() || type.isMap();
                                            })),
      width_(json_ ? 1 : request.fields.size()),
      maxValueBytes_(maxValueBytes),
      maxFetchBytes_(maxFetchBytes),
      arena_(std::make_shared<Arena>(SIZE_MAX)),
      states_(request.keys.size(), State::Waiting),
      texts_(request.keys.size() * width_),
      waiting_(request.keys.size()) {
  if (json_) return;
  appendWordCount(head_, 2 + width_);
  appendWord(head_, "HMGET");
  for (uint32_t field : request.fields) appendWord(tail_, request.source->fields[field].name);
}

RedisFetch::Keys RedisShare::take() {
  if (!scattered.empty()) {
    uint32_t key = scattered.back();
    scattered.pop_back();
    return {key, 1};
  }
  RedisFetch::Keys keys{next, fetch->json() ? std::min(kKeysACommand, end - next) : 1};
  next += keys.count;
  return keys;
}

void RedisFetch::appendCommand(Keys keys, std::string& text) const {
  if (json_) {
    appendWordCount(text, 1 + keys.count);
    appendWord(text, "MGET");
    for (uint32_t k = 0; k < keys.count; ++k) appendWord(text, request_.keys[keys.first + k]);
  } else {
    text += head_;
    appendWord(text, request_.keys[keys.first]);
    text += tail_;
  }
}

bool RedisFetch::value(uint32_t key, size_t column, std::string_view text, bool present, size_t& rowBytes) {
  if (column == 0) rowBytes = 0;
  if (column >= width_ || states_[key] != State::Waiting) return true;
  Str& out = texts_[key * width_ + column];
  out = {};
  if (!present) return true;
  rowBytes += text.size();
  bool fits = rowBytes <= maxValueBytes_ && text.size() <= maxFetchBytes_ - bytes_;
  char* copy = fits ? arena_->allocate<char>(text.size()) : nullptr;
  if (copy == nullptr) {
    answer(key, State::Failed);
    return false;
  }
  bytes_ += text.size();
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  out = {copy, text.size()};
  return true;
}

void RedisFetch::complete(uint32_t key) {
  bool any = false;
  for (size_t c = 0; c < width_; ++c) any = any || texts_[key * width_ + c].data != nullptr;
  answer(key, any ? State::Row : State::Absent);
}

void RedisFetch::answer(uint32_t key, State state) {
  if (states_[key] != State::Waiting) return;
  states_[key] = state;
  --waiting_;
}

void RedisFetch::finish(KeyStatus rest) noexcept {
  finished_ = true;
  rest_ = rest;
}

void RedisFetch::deliver() noexcept {
  FetchResult result;
  try {
    RowDecoder decoder(request_, arena_);
    for (uint32_t key = 0; key < states_.size(); ++key) {
      const Str* texts = texts_.data() + key * width_;
      switch (states_[key]) {
        case State::Waiting: decoder.setStatus(key, rest_); break;
        case State::Absent: break;
        case State::Failed: decoder.setStatus(key, KeyStatus::Failed); break;
        case State::Unreadable: decoder.unreadable(key); break;
        case State::Row:
          if (json_)
            decoder.json(key, texts[0].view());
          else
            decoder.fields(key, {texts, width_});
          break;
      }
    }
    result = decoder.take();
  } catch (...) {
    survived("the rows of a fetch");
    result = {};  // without rows: the store failed as a whole
  }
  // What is left of the fetch may wait for late replies: it holds little.
  arena_.reset();
  texts_ = {};
  Store::Done done = std::move(done_);
  done(std::move(result));
}

}  // namespace featc
