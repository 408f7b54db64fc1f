// SPDX-License-Identifier: Apache-2.0
// Lets the handwritten rivals read featc's batches, and checks that they write the same bytes.
#include "bench/rivals.h"

#include <fmt/format.h>

#include <cstring>

#include "bench/suite.h"
#include "values/cell.h"

namespace featc::bench {

namespace {

size_t padded(int64_t rows) { return static_cast<size_t>((rows + 7) / 8 * 8); }

// What the rivals take for granted; BatchBuilder lays columns out so.
const ColumnData& plain(const ColumnData& column) {
  if (column.offset != 0 || column.absent || !column.padded || (column.offsets != nullptr && !column.wideOffsets))
    throw Broken("a column is not laid out as the rivals read it");
  return column;
}
template <class T>
const T* valuesOf(const ColumnData& column) {
  return static_cast<const T*>(plain(column).values);
}
const int64_t* offsetsOf(const ColumnData& column) { return static_cast<const int64_t*>(plain(column).offsets); }

// The columns of a batch by name, as the rivals read them.
class Reader {
 public:
  Reader(const ProgramInfo& info, const Batch& batch, const uint8_t* present)
      : info_(info), batch_(batch), present_(present) {}

  const ColumnData& column(std::string_view name) const {
    for (size_t i = 0; i < info_.inputs.size(); ++i)
      if (info_.inputs[i].name == name) return batch_.columns[i];
    throw Broken(fmt::format("the config has no field {}", name));
  }
  Integers integers(std::string_view name) const { return {valuesOf<int64_t>(column(name)), validOf(column(name))}; }
  Floats floats(std::string_view name) const { return {valuesOf<double>(column(name)), validOf(column(name))}; }
  Texts texts(std::string_view name) const { return textsOf(column(name)); }
  const int64_t* offsets(std::string_view name) const { return offsetsOf(column(name)); }
  // Of all rows' lists, one after another.
  Texts elementTexts(std::string_view name) const { return textsOf(*plain(column(name)).children[0]); }
  template <class T>
  const T* elements(std::string_view name) const {
    return valuesOf<T>(*plain(column(name)).children[0]);
  }
  template <class V>
  TextMap<V> map(std::string_view name) const {
    const ColumnData& map = plain(column(name));
    bool present = map.validity == nullptr || bitAt(map.validity, 0);
    return {present, textsOf(*map.children[0]), valuesOf<V>(*map.children[1]), offsetsOf(map)[1]};
  }

 private:
  const uint8_t* validOf(const ColumnData& column) const {
    return column.validity == nullptr ? present_ : column.validity;
  }
  Texts textsOf(const ColumnData& column) const { return {offsetsOf(column), valuesOf<char>(column), validOf(column)}; }

  const ProgramInfo& info_;
  const Batch& batch_;
  const uint8_t* present_;
};

template <class T>
bool same(const T* a, const T* b, size_t n) {
  return n == 0 || std::memcmp(a, b, n * sizeof(T)) == 0;
}

bool isRagged(const OutputInfo& output) {
  return !output.group.empty() || output.kind == OutputKind::Sequence || output.hasSeveralIds();
}

}  // namespace

// -- What rivals read -----------------------------------------------------------------------------------

void read(const ProgramInfo& info, const Batch& batch, const uint8_t* present, MixInput& input) {
  Reader reader(info, batch, present);
  input.rows = batch.items;
  for (uint32_t i = 0; i < kInts; ++i) input.ints[i] = reader.integers(fmt::format("i{}", i)).values;
  for (uint32_t i = 0; i < kFloats; ++i) input.floats[i] = reader.floats(fmt::format("f{}", i)).values;
  for (uint32_t i = 0; i < kStrings; ++i) {
    Texts texts = reader.texts(fmt::format("s{}", i));
    input.offsets[i] = texts.offsets;
    input.bytes[i] = texts.bytes;
  }
}
int64_t mostElements(const MixInput& /*input*/) { return 0; }

void read(const ProgramInfo& info, const Batch& batch, const uint8_t* present, TakeawayInput& input) {
  Reader reader(info, batch, present);
  input.userId = reader.integers("user_id");
  input.hour = reader.integers("hour");
  input.now = reader.integers("now");
  input.age = reader.integers("age");
  input.city = reader.texts("city");
  input.query = reader.texts("query");
  input.gender = reader.texts("gender");
  input.clicks = reader.elements<int64_t>("clicks");
  input.clickCount = reader.offsets("clicks")[1];
  input.clickTimes = reader.elements<int64_t>("click_ts");
  input.clickTimeCount = reader.offsets("click_ts")[1];
  TextMap<double> taste = reader.map<double>("taste");
  input.hasTaste = taste.present;
  input.tasteKeys = taste.keys;
  input.tasteWeights = taste.values;
  input.tasteCount = taste.count;

  input.items = batch.items;
  input.itemId = reader.integers("item_id");
  input.itemClicks = reader.integers("item_clicks");
  input.itemViews = reader.integers("item_views");
  input.price = reader.floats("price");
  input.distance = reader.floats("distance");
  input.category = reader.texts("category");
  input.tagOffsets = reader.offsets("tags");
  input.tags = reader.elementTexts("tags");
}
int64_t mostElements(const TakeawayInput& input) {
  return std::max({input.tagOffsets[input.items], input.clickCount, input.clickTimeCount, input.tasteCount});
}

void read(const ProgramInfo& info, const Batch& batch, const uint8_t* present, ads::Input& input) {
  Reader reader(info, batch, present);
  input.userId = reader.integers("user_id");
  input.now = reader.integers("now");
  input.age = reader.integers("age");
  input.level = reader.integers("level");
  input.query = reader.texts("query");
  input.city = reader.texts("city");
  input.device = reader.texts("device");
  input.gender = reader.texts("gender");
  input.queryTerms = reader.elementTexts("query_terms");
  input.queryTermCount = reader.offsets("query_terms")[1];
  input.interests = reader.map<double>("interests");
  input.brandClicks = reader.map<int64_t>("brand_clicks");
  input.tagWeights = reader.map<double>("tag_weights");
  input.visitIds = reader.elements<int64_t>("visits.id");
  input.visitCategories = reader.elementTexts("visits.category");
  input.visitTimes = reader.elements<int64_t>("visits.ts");
  input.visitPrices = reader.elements<double>("visits.price");
  input.visitActions = reader.elementTexts("visits.action");
  input.visitCount = reader.offsets("visits.id")[1];
  input.items = batch.items;
  input.itemId = reader.integers("item_id");
  input.shopId = reader.integers("shop_id");
  input.views = reader.integers("views");
  input.clicks = reader.integers("clicks");
  input.orders = reader.integers("orders");
  input.listedAt = reader.integers("listed_at");
  input.price = reader.floats("price");
  input.listPrice = reader.floats("list_price");
  input.bid = reader.floats("bid");
  input.rating = reader.floats("rating");
  input.title = reader.texts("title");
  input.brand = reader.texts("brand");
  input.category = reader.texts("category");
  input.termOffsets = reader.offsets("title_terms");
  input.titleTerms = reader.elementTexts("title_terms");
  input.tagOffsets = reader.offsets("tags");
  input.tags = reader.elementTexts("tags");

  auto longest = [](const int64_t* offsets, int64_t rows) {
    int64_t most = 0;
    for (int64_t r = 0; r < rows; ++r) most = std::max(most, offsets[r + 1] - offsets[r]);
    return most;
  };
  if (input.queryTermCount > ads::kMostTerms || input.visitCount > ads::kMostVisits ||
      std::max({input.interests.count, input.brandClicks.count, input.tagWeights.count}) > ads::kMostKeys ||
      std::max(longest(input.query.offsets, 1), longest(input.title.offsets, input.items)) > ads::kMostText ||
      std::max(longest(input.tagOffsets, input.items), longest(input.termOffsets, input.items)) > ads::kMostElements)
    throw Broken("a list or a text is longer than the search ads rivals have room for");
}
int64_t mostElements(const ads::Input& input) {
  return std::max({input.tagOffsets[input.items], input.termOffsets[input.items], input.items * input.queryTermCount,
                   input.items * input.visitCount, input.queryTermCount, input.visitCount, input.interests.count});
}

// -- What they write --------------------------------------------------------------------------------------

RivalOutputs::RivalOutputs(const ProgramInfo& info, int64_t items, int64_t elements) {
  size_t count = info.outputs.size();
  auto most = static_cast<size_t>(elements) + 64;
  ragged_.resize(count);
  columns_.resize(count);
  for (size_t o = 0; o < count; ++o) {
    const OutputInfo& output = info.outputs[o];
    bool ragged = isRagged(output);
    uint32_t bytes = output.kind == OutputKind::Dense ? sizeof(float) : sizeof(uint64_t);
    fixed_.add(output.scope, ragged ? 0 : bytes);
    if (!ragged) continue;
    (output.kind == OutputKind::Dense ? ragged_[o].dense.resize(most) : ragged_[o].ids.resize(most));
    ragged_[o].offsets.resize(padded(items) + 8);
    if (output.hasWeights()) ragged_[o].weights.resize(most);
  }
  fixed_.reserve(1, items);
  for (size_t o = 0; o < count; ++o) {
    char* fixed = fixed_.data()[o];
    if (fixed == nullptr)
      columns_[o] = {ragged_[o].ids.data(), ragged_[o].offsets.data(), ragged_[o].weights.data(),
                     ragged_[o].dense.data()};
    else if (info.outputs[o].kind == OutputKind::Dense)
      columns_[o].dense = reinterpret_cast<float*>(fixed);
    else
      columns_[o].ids = reinterpret_cast<uint64_t*>(fixed);
    ids_.push_back(columns_[o].ids);
  }
}

void RivalOutputs::check(const ProgramInfo& info, const Result& result) const {
  for (size_t o = 0; o < columns_.size(); ++o) {
    const OutputColumn& expected = result.output(o);
    const RivalColumn& c = columns_[o];
    auto rows = static_cast<size_t>(expected.rows);
    bool equal = true;
    if (expected.perElement || expected.ragged) {
      std::span<const int64_t> offsets = expected.perElement ? expected.elementOffsets : expected.offsets;
      auto elements = static_cast<size_t>(offsets[rows]);
      equal = same(c.offsets, offsets.data(), rows + 1) &&
              (expected.width == 0 ? same(c.ids, expected.ids.data(), elements)
                                   : same(c.dense, expected.dense.data(), elements)) &&
              same(c.weights, expected.weights.data(), expected.weights.size());
    } else if (expected.width == 1) {
      equal = same(c.dense, expected.dense.data(), rows);
    } else {
      equal = same(c.ids, expected.ids.data(), rows);
    }
    if (!equal) throw Broken(fmt::format("the handwritten {} is not what featc writes", info.outputs[o].name));
  }
}

}  // namespace featc::bench
