// SPDX-License-Identifier: Apache-2.0
// Fills a Redis Cluster: a batch of rows goes to the nodes of their slots at once; rows that a node passes on, or that
// were lost with it, go out again.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "stores/redis_commands.h"
#include "stores/redis_session.h"
#include "stores/writers.h"

namespace featc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kRowsABatch = 4000;
constexpr size_t kBytesABatch = size_t{8} << 20U;
// A node that is down has a replica take its place in this time, or the load ends.
constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kBetweenTries{100};

class ClusterWriter final : public StoreWriter {
 public:
  ClusterWriter(const StoreUrl& url, const StoreOptions& options, std::string password)
      : url_(url), options_(options), password_(std::move(password)) {}

  // What is wrong with the cluster; empty: rows can be written.
  std::string open() {
    readMap();
    if (problem_.empty() && owners_.empty()) problem_ = "the cluster has no slots yet";
    return problem_;
  }

  bool write(const SourceInfo& source, std::string_view key, std::span<const Value> values) override {
    if (!error_.empty()) return false;
    // Only a key's last row counts, whatever comes between.
    Row& row = batch_[std::string(key)];
    bytes_ -= row.text.size();
    row = {.slot = redisSlot(key)};
    row.replies = appendRow(row.text, source, key, values);
    bytes_ += row.text.size();
    return batch_.size() < kRowsABatch && bytes_ < kBytesABatch ? true : flush();
  }

  bool flush() override {
    if (!error_.empty()) return false;
    std::vector<Row*> rows;
    for (auto& [key, row] : batch_) rows.push_back(&row);
    Clock::time_point until = Clock::now() + kPatience;
    for (;;) {
      sendAll(rows);
      std::erase_if(rows, [](const Row* row) { return row->isDone; });
      if (rows.empty() || !error_.empty()) break;
      if (Clock::now() > until) {
        error_ = problem_;
        break;
      }
      if (!isMapWanted_) continue;
      std::this_thread::sleep_for(kBetweenTries);
      readMap();
    }
    batch_.clear();
    bytes_ = 0;
    return error_.empty();
  }

  const std::string& error() const override { return error_; }

 private:
  struct Row {
    uint16_t slot = 0;
    std::string text = {};  // its commands
    uint32_t replies = 0;
    bool isDone = false;
    bool isAsking = false;
    RedisAddress asked = {};  // where ASK sent it
  };

  // From any node that answers: first those of the last map.
  void readMap() {
    isMapWanted_ = false;
    std::vector<RedisAddress> nodes;
    for (const auto& [last, owner] : owners_) nodes.push_back(owner.second);
    nodes.insert(nodes.end(), url_.seeds.begin(), url_.seeds.end());
    std::string tried;
    for (const RedisAddress& node : nodes) {
      Expected<RedisSession> session = openRedisSession(url_, node, options_, password_);
      std::string why = session ? readMapOf(node, *std::move(session)) : session.error().message;
      if (why.empty()) {
        problem_.clear();
        return;
      }
      tried += fmt::format("{}{} ({})", tried.empty() ? "" : ", ", node.text(), why);
    }
    isMapWanted_ = true;
    problem_ = "no node has the cluster's map: " + tried;
  }

  std::string readMapOf(const RedisAddress& node, RedisSession session) {
    Expected<std::vector<RedisSlotRange>> map = readSlotMap(std::move(session), node);
    if (!map) return map.error().message;
    owners_.clear();
    for (RedisSlotRange& range : *map) owners_[range.last] = {range.first, std::move(range.master)};
    return {};
  }

  void retry(std::string why) {
    isMapWanted_ = true;
    problem_ = std::move(why);
  }

  // Null: the slot has none now.
  const RedisAddress* ownerOf(uint16_t slot) {
    auto owner = owners_.lower_bound(slot);
    if (owner != owners_.end() && owner->second.first <= slot) return &owner->second.second;
    retry(fmt::format("slot {} has no node", slot));
    return nullptr;
  }

  void sendAll(const std::vector<Row*>& rows) {
    std::map<RedisAddress, std::vector<Row*>> rowsOf;
    for (Row* row : rows) {
      const RedisAddress* owner = row->isAsking ? &row->asked : ownerOf(row->slot);
      if (owner != nullptr) rowsOf[*owner].push_back(row);
    }
    // All nodes work at the same time.
    for (auto& [node, ofNode] : rowsOf)
      if (!isSent(node, ofNode)) ofNode.clear();
    for (auto& [node, ofNode] : rowsOf) receive(node, ofNode);
  }

  bool isSent(const RedisAddress& node, const std::vector<Row*>& rows) {
    RedisSession& session = sessions_[node];
    if (session == nullptr) {
      Expected<RedisSession> opened = openRedisSession(url_, node, options_, password_);
      if (!opened) return lose(node, rows, opened.error().message);
      session = *std::move(opened);
    }
    std::string text;
    for (const Row* row : rows) {
      if (row->isAsking) appendCommand(text, {"ASKING"});
      text += row->text;
    }
    redisAppendFormattedCommand(session.get(), text.data(), text.size());
    for (int isDone = 0; isDone == 0;)
      if (redisBufferWrite(session.get(), &isDone) != REDIS_OK) return lose(node, rows, sessionProblem(*session));
    return true;
  }

  // Rows that ASK sent there begin again at their slot's node, which may know better by now.
  bool lose(const RedisAddress& node, const std::vector<Row*>& rows, const std::string& why) {
    for (Row* row : rows)
      if (row->asked == node) row->isAsking = false;
    retry(fmt::format("{}: {}", node.text(), why));
    sessions_.erase(node);
    return false;
  }

  void receive(const RedisAddress& node, const std::vector<Row*>& rows) {
    for (Row* row : rows) {
      std::string error;
      for (uint32_t left = row->replies + (row->isAsking ? 1 : 0); left > 0; --left) {
        void* answer = nullptr;
        redisContext& session = *sessions_[node];
        if (redisGetReply(&session, &answer) != REDIS_OK) {
          lose(node, rows, sessionProblem(session));
          return;
        }
        // The first says what is wrong; EXEC then says that something was.
        if (error.empty()) error = errorOf(*static_cast<redisReply*>(answer));
        freeReplyObject(answer);
      }
      settle(*row, node, error);
    }
  }

  void settle(Row& row, const RedisAddress& node, const std::string& error) {
    row.isDone = error.empty();
    row.isAsking = false;
    if (row.isDone) return;
    std::optional<RedisRedirect> redirect = parseRedirect(error);
    if (redirect) {
      if (redirect->to.host.empty()) redirect->to.host = node.host;
      row.isAsking = redirect->isAsk;
      row.asked = redirect->to;
    }
    problem_ = fmt::format("{}: {}", node.text(), error);
    if (row.isAsking) return;
    if (redirect || isUnfit(error) || error.starts_with("TRYAGAIN"))
      isMapWanted_ = true;
    else if (error_.empty())
      error_ = problem_;
  }

  const StoreUrl url_;
  const StoreOptions options_;
  const std::string password_;
  std::map<uint16_t, std::pair<uint16_t, RedisAddress>> owners_;  // last slot: first slot, node
  std::map<RedisAddress, RedisSession> sessions_;
  std::unordered_map<std::string, Row> batch_;
  size_t bytes_ = 0;
  bool isMapWanted_ = false;
  std::string problem_;  // why rows wait
  std::string error_;
};

}  // namespace

Expected<std::unique_ptr<StoreWriter>> openRedisClusterWriter(const StoreUrl& url, const StoreOptions& options,
                                                              const std::string& password) {
  auto writer = std::make_unique<ClusterWriter>(url, options, password);
  if (std::string problem = writer->open(); !problem.empty()) return Error(std::move(problem), ErrorCode::BadStore);
  return std::unique_ptr<StoreWriter>(std::move(writer));
}

}  // namespace featc
