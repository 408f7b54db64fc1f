// SPDX-License-Identifier: Apache-2.0
// Fills Redis: rows as hashes or JSON texts, pipelined.
#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <chrono>
#include <vector>

#include "stores/field_text.h"
#include "stores/row_format.h"
#include "stores/writers.h"

namespace featc {
namespace {

constexpr size_t kRowsABatch = 1000;
constexpr size_t kBytesABatch = size_t{8} << 20U;
constexpr timeval kAnswerTimeout{30, 0};

class RedisWriter final : public RowWriter {
 public:
  explicit RedisWriter(redisContext* connection) : connection_(connection) {}
  ~RedisWriter() override { redisFree(connection_); }
  RedisWriter(const RedisWriter&) = delete;
  RedisWriter& operator=(const RedisWriter&) = delete;

  bool greet(const StoreUrl& url, const std::string& password) {
    if (!password.empty() && url.user.empty()) command({"AUTH", password});
    if (!password.empty() && !url.user.empty()) command({"AUTH", url.user, password});
    // What a server says about a password is not repeated.
    if (!password.empty() && !flush()) error_ = "the user or the password was refused";
    if (url.database != 0) command({"SELECT", std::to_string(url.database)});
    command({"PING"});
    return flush();
  }

  bool write(const SourceInfo& source, std::string_view key, std::span<const Value> values) override {
    if (!error_.empty()) return false;
    if (source.encoding == Encoding::Json) {
      command({"SET", key, encodeJsonRow(source, values)});
      return pending_ < kRowsABatch && pendingBytes_ < kBytesABatch ? true : flush();
    }
    // Whoever reads meanwhile sees the old row or the new one, whole.
    command({"MULTI"});
    command({"DEL", key});
    std::vector<std::string> texts{"HSET", std::string(key)};
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i].isMissing()) continue;
      texts.push_back(source.fields[i].name);
      appendFieldText(texts.emplace_back(), values[i], source.fields[i].type);
    }
    if (texts.size() > 2) command({texts.begin(), texts.end()});
    command({"EXEC"});
    return pending_ < kRowsABatch * 4 && pendingBytes_ < kBytesABatch ? true : flush();
  }

  bool flush() override {
    for (; pending_ > 0 && error_.empty(); --pending_) {
      void* answer = nullptr;
      if (redisGetReply(connection_, &answer) != REDIS_OK) {
        error_ = connection_->err == REDIS_ERR_IO && errno == EAGAIN ? "no answer in time" : connection_->errstr;
        break;
      }
      check(*static_cast<redisReply*>(answer));
      freeReplyObject(answer);
    }
    pending_ = 0;
    pendingBytes_ = 0;
    return error_.empty();
  }

  const std::string& error() const override { return error_; }

 private:
  // EXEC answers with what each of its commands did.
  void check(const redisReply& reply) {
    if (reply.type == REDIS_REPLY_ERROR) error_.assign(reply.str, reply.len);
    for (size_t i = 0; reply.type == REDIS_REPLY_ARRAY && i < reply.elements; ++i) check(*reply.element[i]);
  }

  void command(const std::vector<std::string_view>& words) {
    std::vector<const char*> texts;
    std::vector<size_t> sizes;
    for (std::string_view word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
      pendingBytes_ += word.size();
    }
    if (redisAppendCommandArgv(connection_, static_cast<int>(texts.size()), texts.data(), sizes.data()) != REDIS_OK)
      error_ = connection_->errstr;
    ++pending_;
  }

  redisContext* connection_;
  size_t pending_ = 0;  // replies
  size_t pendingBytes_ = 0;
  std::string error_;
};

}  // namespace

std::unique_ptr<RowWriter> openRedisWriter(const StoreUrl& url, const StoreOptions& options,
                                           const std::string& password, std::string& error) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.connectTimeout);
  timeval wait{seconds.count(), (options.connectTimeout - seconds).count()};
  redisContext* connection = url.path.empty() ? redisConnectWithTimeout(url.host.c_str(), url.port, wait)
                                              : redisConnectUnixWithTimeout(url.path.c_str(), wait);
  if (connection == nullptr || connection->err != 0) {
    error = connection == nullptr ? "not enough memory" : connection->errstr;
    if (connection != nullptr) redisFree(connection);
    return nullptr;
  }
  redisSetTimeout(connection, kAnswerTimeout);
  auto writer = std::make_unique<RedisWriter>(connection);
  if (writer->greet(url, password)) return writer;
  error = writer->error();
  return nullptr;
}

}  // namespace featc
