// SPDX-License-Identifier: Apache-2.0
// Offsets of a named zone in a table.
#include "ops/library/zone_offsets.h"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace featc {

namespace {

cctz::time_point<cctz::seconds> timePoint(int64_t time) { return cctz::time_point<cctz::seconds>(cctz::seconds(time)); }

}  // namespace

ZoneOffsets::ZoneOffsets(const cctz::time_zone& rules) {
  auto offsetAt = [&](int64_t time) { return static_cast<int32_t>(rules.lookup(timePoint(time)).offset); };
  for (uint64_t i = 0; i < pieces_.size(); ++i)
    pieces_[i].before = pieces_[i].after = offsetAt(static_cast<int64_t>(i << kPieceBits));

  std::vector<uint8_t> changes(pieces_.size());
  cctz::time_zone::civil_transition change;
  for (int64_t time = -1; rules.next_transition(timePoint(time), &change);) {
    // What the clock would have shown next, had it gone on.
    int64_t next = (change.from - cctz::civil_second()) - offsetAt(time);
    if (next <= time || next >= kEnd) break;
    time = next;
    Piece& piece = pieces_[static_cast<uint64_t>(time) >> kPieceBits];
    piece.change = static_cast<uint32_t>(static_cast<uint64_t>(time) & kPieceMask);
    piece.after = offsetAt(time);
    ++changes[static_cast<uint64_t>(time) >> kPieceBits];
  }
  // Pieces with several changes, and those that do not end as the next one begins.
  for (uint64_t i = 0; i < pieces_.size(); ++i)
    if (changes[i] > 1 || (i + 1 < pieces_.size() && pieces_[i].after != pieces_[i + 1].before)) pieces_[i] = Piece();
}

const ZoneOffsets& zoneOffsets(const std::string& name, const cctz::time_zone& rules) {
  static std::mutex making;
  // Never destroyed: kernels may still run while the program ends.
  static auto& made = *new std::map<std::string, std::unique_ptr<const ZoneOffsets>>();
  std::lock_guard lock(making);
  std::unique_ptr<const ZoneOffsets>& offsets = made[name];
  if (offsets == nullptr) offsets = std::make_unique<const ZoneOffsets>(rules);
  return *offsets;
}

}  // namespace featc
