// SPDX-License-Identifier: Apache-2.0
// Offsets of a named zone in a table: the years that data is mostly of, without a search among the zone's rules.
#pragma once

#include <cctz/time_zone.h>

#include <array>
#include <cstdint>
#include <string>

namespace featc {

class ZoneOffsets {
 public:
  static constexpr int64_t kEnd = int64_t{1} << 32U;  // in the year 2106

  explicit ZoneOffsets(const cctz::time_zone& rules);

  // Seconds east of UTC at a time from 1970 to kEnd. False: the rules have to say it.
  bool find(int64_t time, int64_t& offset) const {
    if (static_cast<uint64_t>(time) >= uint64_t{kEnd}) return false;
    const Piece& piece = pieces_[static_cast<uint64_t>(time) >> kPieceBits];
    offset = (static_cast<uint64_t>(time) & kPieceMask) < piece.change ? piece.before : piece.after;
    return offset != kUnknown;
  }

 private:
  static constexpr unsigned kPieceBits = 21;  // of seconds: 24 days
  static constexpr uint64_t kPieceMask = (uint64_t{1} << kPieceBits) - 1;
  static constexpr int32_t kUnknown = INT32_MIN;
  // The offset changes once at most, so many seconds after the beginning.
  struct Piece {
    uint32_t change = 0;
    int32_t before = kUnknown;
    int32_t after = kUnknown;
  };

  std::array<Piece, (uint64_t{kEnd} >> kPieceBits)> pieces_;
};

// Those of the zone of that name, made once and kept.
const ZoneOffsets& zoneOffsets(const std::string& name, const cctz::time_zone& rules);

}  // namespace featc
