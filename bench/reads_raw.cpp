// SPDX-License-Identifier: Apache-2.0
// Plain hiredis, pipelined.
#include "bench/reads_raw.h"

#include <hiredis/hiredis.h>
#include <simdjson.h>

#include <charconv>

#include "bench/suite.h"

namespace featc::bench {

namespace {

void beginColumn(RawColumn& column, Type type, size_t rows) {
  column.present.assign(rows, 0);
  if (type.is(Kind::Int64)) column.integers.assign(rows, 0);
  if (type.is(Kind::Float64)) column.floats.assign(rows, 0);
  if (type.is(Kind::String)) column.strings.assign(rows, {});
  if (type.isList()) column.lists.assign(rows, {});
}

bool readList(simdjson::dom::parser& parser, std::string_view text, std::vector<std::string>& list) {
  simdjson::dom::array array;
  if (parser.parse(text.data(), text.size()).get(array) != simdjson::SUCCESS) return false;
  for (simdjson::dom::element element : array) {
    std::string_view value;
    if (element.get(value) != simdjson::SUCCESS) return false;
    list.emplace_back(value);
  }
  return true;
}

bool readValue(simdjson::dom::parser& parser, std::string_view text, Type type, RawColumn& column, size_t row) {
  const char* end = text.data() + text.size();
  if (type.is(Kind::Int64)) return std::from_chars(text.data(), end, column.integers[row]).ptr == end;
  if (type.is(Kind::Float64)) return std::from_chars(text.data(), end, column.floats[row]).ptr == end;
  if (type.isList()) return readList(parser, text, column.lists[row]);
  column.strings[row] = text;
  return true;
}

}  // namespace

struct RawRedis::State {
  redisContext* connection = nullptr;
  std::vector<redisReply*> replies;
  simdjson::dom::parser parser;
  std::vector<const char*> texts;
  std::vector<size_t> sizes;

  ~State() {
    for (redisReply* reply : replies) freeReplyObject(reply);
    if (connection != nullptr) redisFree(connection);
  }

  const redisReply& next() {
    void* reply = nullptr;
    if (redisGetReply(connection, &reply) != REDIS_OK || reply == nullptr) throw Broken("Redis does not answer");
    replies.push_back(static_cast<redisReply*>(reply));
    return *replies.back();
  }
};

RawRedis::RawRedis(const std::string& socket, int database) : state_(std::make_unique<State>()) {
  state_->connection = redisConnectUnix(socket.c_str());
  if (state_->connection == nullptr || state_->connection->err != 0) throw Broken("no connection to Redis");
  freeReplyObject(redisCommand(state_->connection, "SELECT %d", database));
}

RawRedis::~RawRedis() = default;

void RawRedis::ask(const SourceInfo& source, std::span<const std::string> keys) {
  State& s = *state_;
  s.texts.assign(2, "HMGET");
  s.sizes.assign(2, 5);
  for (const SourceField& field : source.fields) {
    s.texts.push_back(field.name.data());
    s.sizes.push_back(field.name.size());
  }
  for (const std::string& key : keys) {
    s.texts[1] = key.data();
    s.sizes[1] = key.size();
    redisAppendCommandArgv(s.connection, static_cast<int>(s.texts.size()), s.texts.data(), s.sizes.data());
  }
}

void RawRedis::answers(const SourceInfo& source, size_t keys, std::vector<RawColumn>& columns) {
  columns.resize(source.fields.size());
  for (size_t f = 0; f < columns.size(); ++f) beginColumn(columns[f], source.fields[f].type, keys);
  for (size_t row = 0; row < keys; ++row) {
    const redisReply& reply = state_->next();
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != columns.size()) throw Broken("Redis answers otherwise");
    for (size_t f = 0; f < columns.size(); ++f) {
      const redisReply& value = *reply.element[f];
      if (value.type != REDIS_REPLY_STRING) continue;
      columns[f].present[row] =
          readValue(state_->parser, {value.str, value.len}, source.fields[f].type, columns[f], row) ? 1 : 0;
    }
  }
}

void RawRedis::forget() {
  for (redisReply* reply : state_->replies) freeReplyObject(reply);
  state_->replies.clear();
}

}  // namespace featc::bench
