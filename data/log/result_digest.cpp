// SPDX-License-Identifier: Apache-2.0
#include "data/log/result_digest.h"

#include <bit>
#include <cmath>
#include <span>
#include <string_view>

#include "data/result_writer.h"
#include "values/hash.h"

namespace featc {

namespace {

template <class T>
uint64_t hashOf(std::span<const T> values) {
  return hashBytes(HashFamily::Xxh3, {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

// As texts have them: -0 is 0, and one not-a-number is like another.
uint64_t bitsOf(float value) {
  constexpr uint32_t kNan = 0x7FC00000;
  return std::isnan(value) ? kNan : std::bit_cast<uint32_t>(value + 0.0F);
}

}  // namespace

void appendDigest(std::string& out, uint64_t digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(digest >> static_cast<unsigned>(shift)) & 15U];
  out += '"';
}

// What one place of a column has: a row, or an element of one.
void ResultDigester::addPlace(const OutputColumn& column, int64_t place) {
  if (column.width > 0) {
    for (float value : denseAt(column, place)) parts_.push_back(bitsOf(value));
    return;
  }
  const ItemIds ids = idsAt(column, place);
  parts_.push_back(ids.ids.size());
  parts_.insert(parts_.end(), ids.ids.begin(), ids.ids.end());
  for (float weight : ids.weights) parts_.push_back(bitsOf(weight));
}

uint64_t ResultDigester::rowOf(const Result& result, const OutputColumn& column, int64_t item) {
  parts_.clear();
  if (!column.perElement) {
    addPlace(column, result.row(column, item));
  } else {
    const ElementRange elements = elementsOf(result, column, item);
    parts_.push_back(static_cast<uint64_t>(elements.end - elements.begin));
    for (int64_t element = elements.begin; element < elements.end; ++element) addPlace(column, element);
  }
  return hashOf<uint64_t>(parts_);
}

const ResultDigest& ResultDigester::digest(const Result& result) {
  const auto items = static_cast<size_t>(result.items());
  const size_t outputs = result.outputCount();
  digest_.features.clear();
  rows_.assign(items * outputs, 0);
  for (size_t o = 0; o < outputs; ++o) {
    const OutputColumn& output = result.output(o);
    column_.clear();
    int64_t row = -1;  // whose hash is known
    uint64_t hash = 0;
    for (size_t i = 0; i < items; ++i) {
      const auto item = static_cast<int64_t>(i);
      if (result.status(item) != RowStatus::Ok) continue;
      // Items of a request have its row one after another.
      if (result.row(output, item) != row) {
        row = result.row(output, item);
        hash = rowOf(result, output, item);
      }
      column_.push_back(hash);
      rows_[i * outputs + o] = hash;
    }
    digest_.features.push_back(hashOf<uint64_t>(column_));
  }
  digest_.items.assign(items, 0);
  for (size_t i = 0; i < items; ++i)
    if (result.status(static_cast<int64_t>(i)) == RowStatus::Ok)
      digest_.items[i] = hashOf(std::span<const uint64_t>(rows_).subspan(i * outputs, outputs));
  return digest_;
}

}  // namespace featc
