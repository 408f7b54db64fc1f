// SPDX-License-Identifier: Apache-2.0
// Lets the handwritten rivals read featc's batches, and checks that they write the same bytes.
#include "bench/rivals.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "bench/suite.h"
#include "ops/cell.h"

namespace featc::bench {

namespace {

size_t padded(int64_t rows) { return static_cast<size_t>((rows + 7) / 8 * 8); }

const ColumnData& columnOf(const ProgramInfo& info, const Batch& batch, std::string_view name) {
  for (size_t i = 0; i < info.inputs.size(); ++i)
    if (info.inputs[i].name == name) return batch.columns[i];
  throw Broken(fmt::format("the config has no field {}", name));
}

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

template <class T>
bool same(const T* a, const T* b, size_t n) {
  return n == 0 || std::memcmp(a, b, n * sizeof(T)) == 0;
}

bool isRagged(const OutputInfo& output) {
  return output.kind == OutputKind::Sequence || output.type.isList() || output.type.isWeighted();
}

[[noreturn]] void differs(const ProgramInfo& info, size_t output) {
  throw Broken(fmt::format("the handwritten {} is not what featc writes", info.outputs[output].name));
}

}  // namespace

// -- The mix ----------------------------------------------------------------------------------------

MixCall::MixCall(const ProgramInfo& info, const Batch& batch, MixRival* rival) : rival_(rival) {
  input_.rows = batch.items;
  for (uint32_t i = 0; i < kInts; ++i) input_.ints[i] = valuesOf<int64_t>(columnOf(info, batch, fmt::format("i{}", i)));
  for (uint32_t i = 0; i < kFloats; ++i)
    input_.floats[i] = valuesOf<double>(columnOf(info, batch, fmt::format("f{}", i)));
  for (uint32_t i = 0; i < kStrings; ++i) {
    const ColumnData& column = columnOf(info, batch, fmt::format("s{}", i));
    input_.offsets[i] = offsetsOf(column);
    input_.bytes[i] = valuesOf<char>(column);
  }
  for (uint32_t o = 0; o < kMixOutputs; ++o) storage_.add(Scope::Item, sizeof(uint64_t));
  storage_.reserve(batch.requests, batch.items);
  for (uint32_t o = 0; o < kMixOutputs; ++o) columns_.push_back(reinterpret_cast<uint64_t*>(storage_.data()[o]));
}

void MixCall::check(const ProgramInfo& info, const Result& result) const {
  for (size_t o = 0; o < kMixOutputs; ++o)
    if (!same(columns_[o], result.output(o).ids.data(), static_cast<size_t>(input_.rows))) differs(info, o);
}

// -- Takeaway -----------------------------------------------------------------------------------------

TakeawayCall::TakeawayCall(const ProgramInfo& info, const Batch& batch, TakeawayRival* rival) : rival_(rival) {
  auto column = [&](std::string_view name) -> const ColumnData& { return columnOf(info, batch, name); };
  allPresent_.assign(padded(batch.items) / 8 + 64, 0xFF);
  auto valid = [&](const ColumnData& c) { return c.validity == nullptr ? allPresent_.data() : c.validity; };
  auto integers = [&](std::string_view name) { return Integers{valuesOf<int64_t>(column(name)), valid(column(name))}; };
  auto floats = [&](std::string_view name) { return Floats{valuesOf<double>(column(name)), valid(column(name))}; };
  auto texts = [&](const ColumnData& c) { return Texts{offsetsOf(c), valuesOf<char>(c), valid(c)}; };

  input_.userId = integers("user_id");
  input_.hour = integers("hour");
  input_.now = integers("now");
  input_.age = integers("age");
  input_.city = texts(column("city"));
  input_.query = texts(column("query"));
  input_.gender = texts(column("gender"));
  input_.clicks = valuesOf<int64_t>(*plain(column("clicks")).children[0]);
  input_.clickCount = offsetsOf(column("clicks"))[1];
  input_.clickTimes = valuesOf<int64_t>(*plain(column("click_ts")).children[0]);
  input_.clickTimeCount = offsetsOf(column("click_ts"))[1];
  const ColumnData& taste = plain(column("taste"));
  input_.hasTaste = taste.validity == nullptr || bitAt(taste.validity, 0);
  input_.tasteKeys = texts(*taste.children[0]);
  input_.tasteWeights = valuesOf<double>(*taste.children[1]);
  input_.tasteCount = offsetsOf(taste)[1];

  input_.items = batch.items;
  input_.itemId = integers("item_id");
  input_.itemClicks = integers("item_clicks");
  input_.itemViews = integers("item_views");
  input_.price = floats("price");
  input_.distance = floats("distance");
  input_.category = texts(column("category"));
  const ColumnData& tags = plain(column("tags"));
  input_.tagOffsets = offsetsOf(tags);
  input_.tags = texts(*tags.children[0]);

  auto most = static_cast<size_t>(std::max({batch.items, input_.tagOffsets[batch.items], input_.clickCount,
                                            input_.clickTimeCount, input_.tasteCount})) +
              64;
  ragged_.resize(kTakeawayOutputs);
  for (size_t o = 0; o < kTakeawayOutputs; ++o) {
    const OutputInfo& output = info.outputs[o];
    bool ragged = isRagged(output);
    uint32_t bytes = output.kind == OutputKind::Dense ? sizeof(float) : sizeof(uint64_t);
    fixed_.add(output.scope, ragged ? 0 : bytes);
    if (!ragged) continue;
    ragged_[o].ids.resize(most);
    ragged_[o].offsets.resize(padded(batch.items) + 8);
    ragged_[o].weights.resize(most);
  }
  fixed_.reserve(batch.requests, batch.items);
  for (size_t o = 0; o < kTakeawayOutputs; ++o) {
    char* fixed = fixed_.data()[o];
    if (fixed == nullptr)
      columns_[o] = {ragged_[o].ids.data(), ragged_[o].offsets.data(), ragged_[o].weights.data(), nullptr};
    else if (info.outputs[o].kind == OutputKind::Dense)
      columns_[o].dense = reinterpret_cast<float*>(fixed);
    else
      columns_[o].ids = reinterpret_cast<uint64_t*>(fixed);
  }
}

void TakeawayCall::check(const ProgramInfo& info, const Result& result) const {
  for (size_t o = 0; o < kTakeawayOutputs; ++o) {
    const OutputColumn& expected = result.output(o);
    const TakeawayColumn& c = columns_[o];
    auto rows = static_cast<size_t>(expected.rows);
    bool equal = true;
    if (expected.ragged) {
      equal = same(c.offsets, expected.offsets.data(), rows + 1) &&
              same(c.ids, expected.ids.data(), expected.ids.size()) &&
              same(c.weights, expected.weights.data(), expected.weights.size());
    } else if (expected.width == 1) {
      equal = same(c.dense, expected.dense.data(), rows);
    } else {
      equal = same(c.ids, expected.ids.data(), rows);
    }
    if (!equal) differs(info, o);
  }
}

}  // namespace featc::bench
