// SPDX-License-Identifier: Apache-2.0
// Fills Redis: rows as hashes or JSON texts, pipelined.
#include <utility>

#include "stores/redis_session.h"
#include "stores/writers.h"

namespace featc {
namespace {

constexpr size_t kCommandsABatch = 4000;
constexpr size_t kBytesABatch = size_t{8} << 20U;

class RedisWriter final : public StoreWriter {
 public:
  explicit RedisWriter(RedisSession session) : session_(std::move(session)) {}

  bool write(const SourceInfo& source, std::string_view key, std::span<const Value> values) override {
    if (!error_.empty()) return false;
    pending_ += appendRow(text_, source, key, values);
    return pending_ < kCommandsABatch && text_.size() < kBytesABatch ? true : flush();
  }

  bool flush() override {
    if (pending_ > 0 && redisAppendFormattedCommand(session_.get(), text_.data(), text_.size()) != REDIS_OK)
      error_ = session_->errstr;
    text_.clear();
    const size_t answers = std::exchange(pending_, 0);
    if (error_.empty()) error_ = answersProblem(*session_, answers);
    return error_.empty();
  }

  const std::string& error() const override { return error_; }

 private:
  RedisSession session_;
  std::string text_;    // commands to send
  size_t pending_ = 0;  // their replies
  std::string error_;
};

}  // namespace

Expected<std::unique_ptr<StoreWriter>> openRedisWriter(const StoreUrl& url, const StoreOptions& options,
                                                       const std::string& password) {
  Expected<RedisSession> session = openRedisSession(url, {url.host, url.port}, options, password);
  if (!session) return session.error();
  return std::unique_ptr<StoreWriter>(std::make_unique<RedisWriter>(*std::move(session)));
}

}  // namespace featc
