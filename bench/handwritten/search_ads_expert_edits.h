// SPDX-License-Identifier: Apache-2.0
// The expert's edit distances: Myers' bit-parallel algorithm in Hyyro's form, for four titles at a time, since each of
// its steps waits for the one before.
#pragma once

#include "bench/handwritten/search_ads_prepared.h"

namespace featc::bench::ads {

namespace {

// Which of the query's code points, of which there are at most 64, are each one. The last is the highest bit.
struct Pattern {
  static constexpr int64_t kMost = 64;
  int64_t size = 0;
  uint64_t ascii[128] = {};
  int64_t others = 0;
  uint32_t points[kMost];
  uint64_t masks[kMost];
  uint32_t all[kMostText];  // every code point

  explicit Pattern(const Lowered& text) {
    for (int64_t i = 0; i < text.size;) all[size++] = nextCodePoint(text.bytes, i);
    for (int64_t i = 0; i < size && size <= kMost; ++i)
      maskOf(all[i]) |= uint64_t{1} << static_cast<unsigned>(kMost - size + i);
  }
  uint64_t at(uint32_t point) const {
    if (point < 128) return ascii[point];
    for (int64_t o = 0; o < others; ++o)
      if (points[o] == point) return masks[o];
    return 0;
  }

 private:
  uint64_t& maskOf(uint32_t point) {
    if (point < 128) return ascii[point];
    int64_t o = 0;
    while (o < others && points[o] != point) ++o;
    if (o == others) {
      points[others] = point;
      masks[others++] = 0;
    }
    return masks[o];
  }
};

// A column of Levenshtein's table as the differences from row to row, and its last value.
struct EditColumn {
  uint64_t up = 0;
  uint64_t down = 0;
  int64_t last = 0;

  EditColumn() = default;
  explicit EditColumn(const Pattern& query)
      : up(~uint64_t{0} << (static_cast<unsigned>(Pattern::kMost - query.size) & 63U)), last(query.size) {}
  void step(uint64_t equal) {
    uint64_t vertical = equal | down;
    uint64_t horizontal = (((equal & up) + up) ^ up) | equal;
    uint64_t rises = down | ~(horizontal | up);
    uint64_t falls = up & horizontal;
    last += static_cast<int64_t>(rises >> 63U) - static_cast<int64_t>(falls >> 63U);
    rises = rises << 1U | 1U;
    falls <<= 1U;
    up = falls | ~(vertical | rises);
    down = rises & vertical;
  }
};

// The same by Wagner and Fischer, for queries of more than 64 code points.
int64_t longEditDistance(const Pattern& query, const Lowered& text) {
  int32_t cost[kMostText + 1];
  for (int64_t j = 0; j <= query.size; ++j) cost[j] = static_cast<int32_t>(j);
  int32_t row = 0;
  for (int64_t i = 0; i < text.size;) {
    uint32_t point = nextCodePoint(text.bytes, i);
    int32_t diagonal = row++;
    cost[0] = row;
    for (int64_t j = 1; j <= query.size; ++j) {
      int32_t replaced = diagonal + (point == query.all[j - 1] ? 0 : 1);
      diagonal = cost[j];
      int32_t other = (cost[j] < cost[j - 1] ? cost[j] : cost[j - 1]) + 1;
      cost[j] = replaced < other ? replaced : other;
    }
  }
  return cost[query.size];
}

// Titles come in by room() and start(); what becomes of them is written at the latest by finish().
class EditDistances {
 public:
  EditDistances(const Pattern& query, float* out) : query_(query), out_(out) {}

  Lowered& room() {
    if (running_ == kStreams) advance();
    return next().text;
  }
  // The title that lies in room() is that of row `r`.
  void start(int64_t r) {
    Stream& stream = next();
    stream.row = r;
    stream.done = 0;
    stream.column = EditColumn(query_);
    if (query_.size == 0)
      put(stream, stream.text.points);
    else if (query_.size > Pattern::kMost)
      put(stream, longEditDistance(query_, stream.text));
    else if (stream.text.points != stream.text.size)
      put(stream, byCodePoints(stream));
    else
      ++running_;
  }
  void finish() {
    while (running_ > 0) {
      Stream& stream = streams_[order_[--running_]];
      EditColumn column = stream.column;
      for (const char *c = stream.from(), *end = c + stream.left(); c != end; ++c) column.step(maskOf(c));
      put(stream, column.last);
    }
  }

 private:
  static constexpr int kStreams = 4;
  struct Stream {
    Lowered text;
    int64_t row = 0;
    int64_t done = 0;
    EditColumn column;

    const char* from() const { return text.bytes + done; }
    int64_t left() const { return text.size - done; }
  };

  Stream& next() { return streams_[order_[running_]]; }
  uint64_t maskOf(const char* c) const { return query_.ascii[static_cast<unsigned char>(*c)]; }
  void put(const Stream& stream, int64_t distance) {
    out_[stream.row] = denseOf(true, static_cast<double>(distance) / static_cast<double>(stream.text.points), 1);
  }
  int64_t byCodePoints(const Stream& stream) const {
    EditColumn column(query_);
    for (int64_t i = 0; i < stream.text.size;) column.step(query_.at(nextCodePoint(stream.text.bytes, i)));
    return column.last;
  }

  // All streams run until one of them ends.
  void advance() {
    int64_t steps = streams_[0].left();
    for (const Stream& stream : streams_) steps = stream.left() < steps ? stream.left() : steps;
    EditColumn a = streams_[0].column;
    EditColumn b = streams_[1].column;
    EditColumn c = streams_[2].column;
    EditColumn d = streams_[3].column;
    for (int64_t i = 0; i < steps; ++i) {
      a.step(maskOf(streams_[0].from() + i));
      b.step(maskOf(streams_[1].from() + i));
      c.step(maskOf(streams_[2].from() + i));
      d.step(maskOf(streams_[3].from() + i));
    }
    streams_[0].column = a;
    streams_[1].column = b;
    streams_[2].column = c;
    streams_[3].column = d;
    running_ = 0;
    int ended = kStreams;
    for (int s = 0; s < kStreams; ++s) {
      streams_[s].done += steps;
      if (streams_[s].left() > 0) {
        order_[running_++] = s;
      } else {
        put(streams_[s], streams_[s].column.last);
        order_[--ended] = s;
      }
    }
  }

  const Pattern& query_;
  float* out_;
  Stream streams_[kStreams];
  int order_[kStreams] = {0, 1, 2, 3};  // those that run come first
  int running_ = 0;
};

}  // namespace

}  // namespace featc::bench::ads
