// SPDX-License-Identifier: Apache-2.0
// Random rows and their Arrow layout: slices of longer arrays, both widths of offsets, garbage under missing
// cells, so that nothing depends on how a caller fills what does not count.
#include "tests/random/data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "tests/random/values.h"

namespace featc {
namespace {

constexpr uint8_t kSliced = 1;          // elements before the first
constexpr uint8_t kWideOffsets = 2;     // int64 offsets
constexpr uint8_t kGarbage = 4;         // missing cells hold something
constexpr uint8_t kCut = 8;             // what is before the first has values, and so has what is behind the last
constexpr uint8_t kFar = 16;            // more than a byte of bits is before the first
constexpr uint8_t kChildrenOther = 32;  // children are sliced where their parent is not
constexpr uint8_t kLayouts = 64;
constexpr uint8_t kAbsent = 64;  // the caller has no such column (all rows are missing)
constexpr size_t kSkipped = 5;
constexpr size_t kFarSkipped = 13;
constexpr size_t kBehind = 3;

// As many rows as fill a group, a byte of bits, a word of them or a block, and one less or more.
constexpr uint64_t kBorders[] = {1, 3, 8, 9, 63, 64, 65, 511, 512, 513};

bool isAllMissing(const std::vector<Value>& rows) {
  return std::all_of(rows.begin(), rows.end(), [](const Value& v) { return v.isMissing(); });
}

size_t itemsOf(Rng& rng) {
  if (rng.chance(20)) return 0;
  return rng.chance(90) ? 1 + rng.below(6) : 10 + rng.below(30);
}

// Of each request.
std::vector<int64_t> itemCounts(Rng& rng) {
  auto count = [](uint64_t items) { return static_cast<int64_t>(items); };
  if (rng.chance(8)) return {count(rng.pick(kBorders))};
  // As many requests, few of them with items.
  if (rng.chance(1)) {
    std::vector<int64_t> counts(rng.pick(kBorders), 0);
    for (int64_t& c : counts) c = rng.chance(10) ? 1 : 0;
    return counts;
  }
  size_t requests = rng.chance(3) ? 0 : rng.chance(90) ? 1 + rng.below(5) : 6 + rng.below(70);
  // Now and then more rows than one block holds.
  bool large = rng.chance(4);
  std::vector<int64_t> counts;
  for (size_t r = 0; r < requests; ++r) counts.push_back(count(large && r < 3 ? 300 + rng.below(300) : itemsOf(rng)));
  return counts;
}

// The members of a list of structs have rows of equal length, now and then not.
void matchMembers(Rng& rng, std::vector<RandomData::Column>& columns) {
  for (size_t c = 1; c < columns.size(); ++c) {
    const RandomData::Column& first = columns[c - 1];
    RandomData::Column& own = columns[c];
    bool together = own.field.structList == first.field.structList && own.field.scope == first.field.scope;
    if (own.field.structList.empty() || !together || rng.chance(5)) continue;
    bool wholeStructs = rng.chance(50);
    for (size_t row = 0; row < own.rows.size(); ++row) {
      if (first.rows[row].isMissing()) {
        own.rows[row] = Value();
        continue;
      }
      Value::Elements elements = own.rows[row].isMissing() ? Value::Elements() : own.rows[row].asList();
      size_t had = elements.size();
      elements.resize(first.rows[row].asList().size());
      for (size_t i = had; i < elements.size(); ++i) elements[i] = randomInput(rng, own.field.type.element());
      // Whole structs are missing where the first member is.
      for (size_t i = 0; wholeStructs && i < elements.size(); ++i)
        if (first.rows[row].asList()[i].isMissing()) elements[i] = Value();
      own.rows[row] = Value::list(std::move(elements));
    }
  }
}

}  // namespace

int64_t RandomData::items() const { return std::accumulate(itemCounts.begin(), itemCounts.end(), int64_t{0}); }

const RandomData::Column* RandomData::find(const InputInfo& input) const {
  for (const Column& c : columns)
    if (c.field.scope == input.scope && c.field.name == input.name) return &c;
  return nullptr;
}

RandomData RandomData::withoutRequest(size_t request) const {
  RandomData out = *this;
  auto first = std::accumulate(itemCounts.begin(), itemCounts.begin() + static_cast<ptrdiff_t>(request), int64_t{0});
  auto r = static_cast<ptrdiff_t>(request);
  for (Column& c : out.columns) {
    if (c.field.scope == Scope::Request)
      c.rows.erase(c.rows.begin() + r);
    else
      c.rows.erase(c.rows.begin() + first, c.rows.begin() + first + itemCounts[request]);
  }
  out.itemCounts.erase(out.itemCounts.begin() + r);
  return out;
}

RandomData RandomData::withoutItem(size_t request, int64_t itemOfRequest) const {
  RandomData out = *this;
  auto first = std::accumulate(itemCounts.begin(), itemCounts.begin() + static_cast<ptrdiff_t>(request), int64_t{0});
  for (Column& c : out.columns)
    if (c.field.scope == Scope::Item) c.rows.erase(c.rows.begin() + first + itemOfRequest);
  --out.itemCounts[request];
  return out;
}

RandomData RandomData::laidOutPlainly() const {
  RandomData out = *this;
  for (Column& c : out.columns) c.layout &= kAbsent;
  return out;
}

RandomData RandomData::laidOutAsRead() const {
  RandomData out = *this;
  for (Column& c : out.columns) c.layout = 0;
  return out;
}

std::string RandomData::text() const {
  std::string out = "items per request: ";
  for (int64_t n : itemCounts) out += fmt::format("{} ", n);
  out += '\n';
  for (const Column& c : columns) {
    out += fmt::format("{}.{} : {} (layout {}) =", scopeName(c.field.scope), c.field.name, toString(c.field.type),
                       c.layout);
    for (const Value& v : c.rows) out += fmt::format(" {}", toString(v));
    out += '\n';
  }
  return out;
}

RandomData randomData(Rng& rng, const RandomProgram& program) {
  RandomData data;
  data.itemCounts = itemCounts(rng);
  for (const RandomField& f : program.fields) {
    RandomData::Column c{f, {}, static_cast<uint8_t>(rng.below(kLayouts))};
    auto rows = f.scope == Scope::Request ? data.itemCounts.size() : static_cast<size_t>(data.items());
    // A required field without a value makes a bad row: rare, but it must not disturb the others.
    bool mayMiss = f.type.nullable() || rng.chance(3);
    unsigned missing = !mayMiss ? 0 : rng.chance(4) ? 100 : f.type.nullable() ? 20 : 10;
    for (size_t i = 0; i < rows; ++i) c.rows.push_back(rng.chance(missing) ? Value() : randomInput(rng, f.type));
    if (isAllMissing(c.rows) && rng.chance(50)) c.layout |= kAbsent;
    data.columns.push_back(std::move(c));
  }
  matchMembers(rng, data.columns);
  // Absent members were given elements like the others.
  for (RandomData::Column& c : data.columns)
    if ((c.layout & kAbsent) != 0) std::fill(c.rows.begin(), c.rows.end(), Value());
  return data;
}

template <class T>
T* BoundBatch::store(size_t count) {
  storage_.emplace_back((count * sizeof(T) + 7) / 8 + 1, 0);
  return reinterpret_cast<T*>(storage_.back().data());
}

const ColumnData* BoundBatch::array(Type type, const std::vector<const Value*>& rows, uint8_t layout) {
  static const Value kMissing;
  ColumnData& column = arrays_.emplace_back();
  size_t skipped = (layout & kSliced) == 0 ? 0 : (layout & kFar) != 0 ? kFarSkipped : kSkipped;
  bool cut = (layout & kSliced) != 0 && (layout & kCut) != 0 && !rows.empty();
  size_t end = rows.size() + skipped;
  size_t total = end + (cut ? kBehind : 0);
  auto row = [&](size_t i) -> const Value& {
    if (i >= skipped && i < end) return *rows[i - skipped];
    return cut ? *rows[i % rows.size()] : kMissing;
  };
  auto childLayout = static_cast<uint8_t>((layout & kChildrenOther) != 0 ? layout ^ kSliced : layout);
  column.length = static_cast<int64_t>(rows.size());
  column.offset = static_cast<int64_t>(skipped);
  column.wideOffsets = (layout & kWideOffsets) != 0;
  if (std::any_of(rows.begin(), rows.end(), [](const Value* v) { return v->isMissing(); })) {
    auto* valid = store<uint8_t>(total / 8 + 1);
    for (size_t i = 0; i < total; ++i) setBit(valid, i, i < skipped && !cut ? (i & 1U) != 0 : !row(i).isMissing());
    column.validity = valid;
  }
  if (type.isScalar() && !type.is(Kind::String)) {
    uint64_t garbage = (layout & kGarbage) != 0 ? 0xFFF5A5A5A5A5A5A5U : 0;
    if (type.is(Kind::Bool)) {
      auto* bits = store<uint8_t>(total / 8 + 1);
      for (size_t i = 0; i < total; ++i) setBit(bits, i, row(i).isMissing() ? garbage != 0 : row(i).asBool());
      column.values = bits;
    } else {
      auto* words = store<uint64_t>(total);
      for (size_t i = 0; i < total; ++i) {
        const Value& v = row(i);
        words[i] = garbage;
        if (v.isInt()) words[i] = static_cast<uint64_t>(v.asInt());
        double d = v.isFloat() ? v.asFloat() : 0;
        if (v.isFloat()) std::memcpy(&words[i], &d, sizeof d);
      }
      column.values = words;
    }
    return &column;
  }
  // Strings, lists and maps: offsets, and what they point into.
  auto* wide = store<int64_t>(total + 1);
  auto* narrow = store<int32_t>(total + 1);
  std::string bytes;
  std::vector<const Value*> elements;
  std::vector<const Value*> values;
  // A missing list spans the elements of another.
  const auto other = std::ranges::find_if(rows, [](const Value* v) { return v->isList(); });
  for (size_t i = 0; i < total; ++i) {
    const bool garbage = (layout & kGarbage) != 0 && row(i).isMissing();
    const Value& v = garbage && other != rows.end() ? **other : row(i);
    if (garbage && type.is(Kind::String)) {
      bytes += "garbage";
    } else if (v.isString()) {
      bytes += v.asString();
    } else if (v.isList()) {
      for (const Value& e : v.asList()) {
        elements.push_back(type.isMap() ? &e.asList()[0] : &e);
        if (type.isMap()) values.push_back(&e.asList()[1]);
      }
    }
    wide[i + 1] = static_cast<int64_t>(type.is(Kind::String) ? bytes.size() : elements.size());
    narrow[i + 1] = static_cast<int32_t>(wide[i + 1]);
  }
  column.offsets = column.wideOffsets ? static_cast<const void*>(wide) : narrow;
  if (type.is(Kind::String)) {
    auto* copy = store<char>(bytes.size() + 1);
    std::memcpy(copy, bytes.data(), bytes.size());
    column.values = copy;
  } else if (type.isMap()) {
    column.children[0] = array(type.key(), elements, childLayout);
    column.children[1] = array(type.value(), values, childLayout);
  } else {
    column.children[0] = array(type.element(), elements, childLayout);
  }
  return &column;
}

BoundBatch::BoundBatch(const RandomData& data, const ProgramInfo& info, size_t firstRequest, size_t requestCount) {
  auto begin = data.itemCounts.begin() + static_cast<ptrdiff_t>(firstRequest);
  auto firstItem = static_cast<size_t>(std::accumulate(data.itemCounts.begin(), begin, int64_t{0}));
  itemOffsets_.push_back(0);
  for (size_t r = 0; r < requestCount; ++r)
    itemOffsets_.push_back(itemOffsets_.back() + data.itemCounts[firstRequest + r]);
  for (const InputInfo& input : info.inputs) {
    const RandomData::Column* column = data.find(input);
    bool ofRequest = input.scope == Scope::Request;
    size_t first = ofRequest ? firstRequest : firstItem;
    size_t count = ofRequest ? requestCount : static_cast<size_t>(itemOffsets_.back());
    if (column == nullptr || (column->layout & kAbsent) != 0) {
      columns_.push_back({});
      columns_.back().length = static_cast<int64_t>(count);
      columns_.back().absent = true;
      continue;
    }
    std::vector<const Value*> rows(count);
    for (size_t i = 0; i < count; ++i) rows[i] = &column->rows[first + i];
    columns_.push_back(*array(input.type, rows, column->layout));
  }
  batch_ = {static_cast<int64_t>(requestCount), itemOffsets_.back(), itemOffsets_.data(), columns_};
}

}  // namespace featc
