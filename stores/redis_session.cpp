// SPDX-License-Identifier: Apache-2.0
// Connecting, and rows as commands.
#include "stores/redis_session.h"

#include <cerrno>
#include <vector>

#include "stores/field_text.h"
#include "stores/redis_commands.h"
#include "stores/redis_reply.h"
#include "stores/row_format.h"
#include "stores/timeval.h"

namespace featc {
namespace {

constexpr timeval kAnswerTimeout{30, 0};

}  // namespace

Expected<RedisSession> openRedisSession(const StoreUrl& url, const RedisAddress& address, const StoreOptions& options,
                                        const std::string& password) {
  const timeval wait = timevalOf(options.connectTimeout);
  RedisSession session(url.path.empty() ? redisConnectWithTimeout(address.host.c_str(), address.port, wait)
                                        : redisConnectUnixWithTimeout(url.path.c_str(), wait));
  if (session == nullptr) return Error("not enough memory", ErrorCode::NoMemory);
  if (session->err != 0) return Error(session->errstr, ErrorCode::BadStore);
  redisSetTimeout(session.get(), kAnswerTimeout);
  std::string text;
  if (!password.empty()) {
    if (url.user.empty())
      appendCommand(text, {"AUTH", password});
    else
      appendCommand(text, {"AUTH", url.user, password});
    redisAppendFormattedCommand(session.get(), text.data(), text.size());
    // What a server says about a password is not repeated.
    if (!answersProblem(*session, 1).empty()) return Error("the user or the password was refused", ErrorCode::BadStore);
  }
  text.clear();
  if (url.database != 0) appendCommand(text, {"SELECT", std::to_string(url.database)});
  appendCommand(text, {"PING"});
  redisAppendFormattedCommand(session.get(), text.data(), text.size());
  std::string problem = answersProblem(*session, url.database != 0 ? 2 : 1);
  if (!problem.empty()) return Error(problem, ErrorCode::BadStore);
  return session;
}

std::string sessionProblem(const redisContext& session) {
  return session.err == REDIS_ERR_IO && errno == EAGAIN ? "no answer in time" : session.errstr;
}

std::string answersProblem(redisContext& session, size_t answers) {
  for (; answers > 0; --answers) {
    void* answer = nullptr;
    if (redisGetReply(&session, &answer) != REDIS_OK) return sessionProblem(session);
    std::string error = errorOf(*static_cast<redisReply*>(answer));
    freeReplyObject(answer);
    if (!error.empty()) return error;
  }
  return {};
}

Expected<std::vector<RedisSlotRange>> readSlotMap(RedisSession session, const RedisAddress& asked) {
  std::string text;
  appendCommand(text, {"CLUSTER", "SLOTS"});
  redisAppendFormattedCommand(session.get(), text.data(), text.size());
  RedisSlotMapReader map(asked.host);
  useReplyParts(*session->reader, map);
  void* reply = nullptr;
  if (redisGetReply(session.get(), &reply) != REDIS_OK) return Error(sessionProblem(*session), ErrorCode::BadStore);
  if (std::string problem = map.problem(); !problem.empty()) return Error(problem, ErrorCode::BadStore);
  return map.take();
}

uint32_t appendRow(std::string& text, const SourceInfo& source, std::string_view key, std::span<const Value> values) {
  if (source.encoding == Encoding::Json) {
    appendCommand(text, {"SET", key, encodeJsonRow(source, values)});
    return 1;
  }
  // Whoever reads meanwhile sees the old row or the new one, whole.
  appendCommand(text, {"MULTI"});
  appendCommand(text, {"DEL", key});
  std::vector<std::string> fields;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].isMissing()) continue;
    fields.push_back(source.fields[i].name);
    appendFieldText(fields.emplace_back(), values[i], source.fields[i].type);
  }
  if (!fields.empty()) {
    std::vector<std::string_view> words{"HSET", key};
    words.insert(words.end(), fields.begin(), fields.end());
    appendCommand(text, words);
  }
  appendCommand(text, {"EXEC"});
  return fields.empty() ? 3 : 4;
}

std::string errorOf(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_ERROR) return std::string(reply.str, reply.len);
  for (size_t i = 0; reply.type == REDIS_REPLY_ARRAY && i < reply.elements; ++i)
    if (std::string error = errorOf(*reply.element[i]); !error.empty()) return error;
  return {};
}

}  // namespace featc
