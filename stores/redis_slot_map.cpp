// SPDX-License-Identifier: Apache-2.0
// The parts of the reply to CLUSTER SLOTS put together:
// [[first, last, [host, port, id, [...]], [host, port, ...], ...], ...], where the first node is the master.
#include "stores/redis_slot_map.h"

#include <utility>

namespace featc {
namespace {

constexpr size_t kShownErrorBytes = 200;

}  // namespace

RedisSlotMapReader::Place RedisSlotMapReader::placeOf(const redisReadTask& task) {
  size_t path[8] = {};
  Place place;
  for (const redisReadTask* t = &task; t->parent != nullptr && place.depth < std::size(path); t = t->parent)
    path[place.depth++] = static_cast<size_t>(t->idx);
  if (place.depth >= 1) place.range = path[place.depth - 1];
  if (place.depth >= 2) place.field = path[place.depth - 2];
  if (place.depth >= 3) place.member = path[place.depth - 3];
  return place;
}

void RedisSlotMapReader::onArray(const redisReadTask& task, size_t) {
  Place place = placeOf(task);
  switch (place.depth) {
    case 0: isArray_ = true; break;
    case 1:
      finishRange();
      hasRange_ = true;
      break;
    case 2:
      if (place.field < 2) isStrange_ = true;
      finishNode();
      hasNode_ = true;
      break;
    // Below are an address' further names, which nobody needs.
    default:
      if (place.depth == 3 && place.member < 2) isStrange_ = true;
  }
}

void RedisSlotMapReader::onText(const redisReadTask& task, std::string_view text) {
  Place place = placeOf(task);
  if (place.depth == 0 && task.type == REDIS_REPLY_ERROR)
    error_ = text.empty() ? "an error without a message" : text.substr(0, kShownErrorBytes);
  else if (place.depth < 3)
    isStrange_ = true;
  else if (place.depth == 3 && place.member == 0)
    host(text);
  else if (place.depth == 3 && place.member == 1)
    isStrange_ = true;
}

void RedisSlotMapReader::onNil(const redisReadTask& task) {
  Place place = placeOf(task);
  if (place.depth < 3 || (place.depth == 3 && place.member == 1)) isStrange_ = true;
  // No host: the one that was asked.
  if (place.depth == 3 && place.member == 0) host({});
}

void RedisSlotMapReader::onInteger(const redisReadTask& task, long long number) {
  Place place = placeOf(task);
  if (place.depth == 2 && place.field == 0) {
    first_ = number;
  } else if (place.depth == 2 && place.field == 1) {
    last_ = number;
  } else if (place.depth == 3 && place.member == 1) {
    if (number < 0 || number > 65535) isStrange_ = true;
    node_.port = isStrange_ ? 0 : static_cast<uint16_t>(number);
  } else if (place.depth < 3 || (place.depth == 3 && place.member == 0)) {
    isStrange_ = true;
  }
}

void RedisSlotMapReader::host(std::string_view text) {
  if (text.size() > kLongestRedisHost || text.find('\0') != std::string_view::npos) isStrange_ = true;
  node_.host = isStrange_ ? std::string() : std::string(text.empty() ? asked_ : text);
}

void RedisSlotMapReader::finishNode() {
  RedisAddress node = std::exchange(node_, {{}, 0});
  if (!std::exchange(hasNode_, false)) return;
  if (++nodes_ > kMostNodes) {
    isStrange_ = true;
    return;
  }
  // "?" stands for a node whose name nobody knows: it cannot be reached.
  if (node.host == "?") node.port = 0;
  ofRange_.push_back(std::move(node));
}

void RedisSlotMapReader::finishRange() {
  finishNode();
  std::vector<RedisAddress> nodes = std::exchange(ofRange_, {});
  int64_t first = std::exchange(first_, -1);
  int64_t last = std::exchange(last_, -1);
  if (!std::exchange(hasRange_, false)) return;
  if (first < 0 || first > last || last >= kRedisSlots || ranges_.size() >= kRedisSlots) {
    isStrange_ = true;
    return;
  }
  if (nodes.empty() || nodes[0].port == 0) return;  // its slots have no node that can be reached
  RedisSlotRange range{static_cast<uint16_t>(first), static_cast<uint16_t>(last), std::move(nodes[0]), {}};
  for (size_t i = 1; i < nodes.size(); ++i)
    if (nodes[i].port != 0) range.replicas.push_back(std::move(nodes[i]));
  ranges_.push_back(std::move(range));
}

std::string RedisSlotMapReader::problem() {
  finishRange();
  if (!error_.empty()) return error_;
  return isArray_ && !isStrange_ ? std::string() : "an unexpected reply to CLUSTER SLOTS";
}

std::vector<RedisSlotRange> RedisSlotMapReader::take() {
  finishRange();
  return std::exchange(ranges_, {});
}

}  // namespace featc
