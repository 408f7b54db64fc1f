// SPDX-License-Identifier: Apache-2.0
// Lists whose elements lie one behind the other take loops of their own in native code: the same as the interpreter
// makes of them, however the columns lie, and at the borders of blocks.
#include <deque>

#include "engine/compile.h"
#include "tests/common/catch.h"
#include "tests/common/compare.h"
#include "tests/common/engines.h"
#include "tests/random/rng.h"

using namespace featc;

namespace {

constexpr const char* kLists = R"(model flat
request { city: string?  clicks: list<int64>  names: list<string> }
item {
  id    : int64
  cat   : string?
  name  : string
  tags  : list<string>
  more  : list<int64>?
  texts : list<string>?
}
sparse   tags      slot 1           = tags
sparse   city_tags slot 2           = cross(city, tags)
sparse   cat_tags  slot 3           = cross(cat, tags)
sparse   tags_cat  slot 4           = cross(tags, cat)
sparse   more      slot 5 missing 3 = more
sparse   hashed    slot 6           = hash(more)
sequence two       slot 7 length 2  = more
sequence all       slot 8 length 99 = texts
sparse   first     slot 9           = tags[0]
sparse   last      slot 10          = more[-1]
sparse   three     slot 11          = cross(cat, tags, id)
sparse   lowered   slot 12          = lower(texts)
sparse   pairs     slot 13          = cross(tags, texts)
sparse   clicks    slot 14          = cross(clicks, id)
sparse   cat       slot 15          = cat
sparse   name      slot 16          = name
sparse   cat_name  slot 17          = cross(cat, name)
sparse   lower_cat slot 18          = lower(cat)
sparse   either    slot 19          = cat ?? name
sparse   joined    slot 20          = concat(name, cat, name)
sparse   parts     slot 21          = split(name, "1")
sparse   beside    slot 22          = concat(tags, [name])
sparse   mixed     slot 24          = concat(lower(tags), name)
sparse   common    slot 25          = intersect(head(names, 40), texts)
sparse   unknown   slot 26          = difference(texts, head(names, 40))
sparse   shared    slot 27          = intersect(tags, texts)
sparse   lone      slot 28          = overlap_count(head(names, 9), lower(tags))
sparse   names     slot 29          = names
dense    known                      = contains(names, cat) ? 1 : 0
dense    is_city                    = name == city ? 1 : 0
dense    before                     = name < cat ? 1 : 0
dense    letters   default -1       = len(cat)
dense    missing                    = is_missing(cat) ? 1 : 0
dense    third                      = float(name)
dense    count                      = len(tags)
dense    others    default -1       = len(more)
dense    sum                        = sum(more * 2)
dense    alike     default -1       = jaccard(head(names, 40), texts)
dense    cover     default -1       = proximity_min_cover(tags, texts)
)";

// How a column of lists lies in memory, and what it holds.
struct Shape {
  bool wide = false;         // offsets of 64 bits
  int64_t skipped = 0;       // rows before the first one
  bool spans = false;        // missing rows have elements all the same
  bool missingRows = false;  // where the field allows it
  bool missingElements = false;
  uint64_t longest = 4;
  bool oneTooLong = false;  // beyond kMaxElements
};

// Columns of one batch of `n` items, in Arrow's form.
class Columns {
 public:
  Columns(const ProgramInfo& info, int64_t n, const Shape& shape, uint64_t seed) : rng_(seed), shape_(shape) {
    for (const InputInfo& input : info.inputs) {
      int64_t rows = input.scope == Scope::Item ? n : 1;
      columns_.push_back(input.type.isList() ? lists(input.type, rows) : scalars(input.type, rows));
    }
    offsets_ = {0, n};
    batch_.requests = 1;
    batch_.items = n;
    batch_.itemOffsets = offsets_.data();
    batch_.columns = columns_;
  }
  const Batch& batch() const { return batch_; }

 private:
  template <class T>
  const T* keep(std::vector<T> values) {
    auto bytes = values.size() * sizeof(T);
    std::vector<char>& kept = buffers_.emplace_back(bytes + 64);
    if (bytes > 0) std::memcpy(kept.data(), values.data(), bytes);
    return reinterpret_cast<const T*>(kept.data());
  }
  const void* offsets(const std::vector<int64_t>& offsets) {
    if (shape_.wide) return keep(offsets);
    return keep(std::vector<int32_t>(offsets.begin(), offsets.end()));
  }
  const uint8_t* bits(const std::vector<bool>& present) {
    std::vector<uint8_t> bytes((present.size() + 7) / 8);
    for (size_t i = 0; i < present.size(); ++i) setBit(bytes.data(), i, present[i]);
    return keep(bytes);
  }
  std::vector<bool> presence(int64_t rows, bool some) {
    std::vector<bool> present;
    for (int64_t i = 0; i < rows; ++i) present.push_back(!some || !rng_.chance(25));
    return present;
  }

  ColumnData values(Type type, int64_t rows) {
    ColumnData column;
    column.length = rows;
    column.padded = true;
    column.wideOffsets = shape_.wide;
    std::vector<int64_t> numbers;
    std::string text;
    std::vector<int64_t> ends{0};
    for (int64_t i = 0; i < rows; ++i) {
      numbers.push_back(rng_.between(-9, 1'000'000));
      if (!rng_.chance(10)) text += rng_.chance(3) ? std::string(300, 'x') : std::to_string(numbers.back());
      ends.push_back(static_cast<int64_t>(text.size()));
    }
    if (type.is(Kind::String)) {
      column.values = keep(std::vector<char>(text.begin(), text.end()));
      column.offsets = offsets(ends);
    } else {
      column.values = keep(numbers);
    }
    return column;
  }
  ColumnData scalars(Type type, int64_t rows) {
    ColumnData column = values(type, rows + shape_.skipped);
    column.length = rows;
    column.offset = shape_.skipped;
    if (type.nullable() && shape_.missingRows) column.validity = bits(presence(rows + shape_.skipped, true));
    return column;
  }
  ColumnData lists(Type type, int64_t rows) {
    int64_t all = rows + shape_.skipped;
    std::vector<bool> present = presence(all, shape_.missingRows && type.nullable());
    std::vector<int64_t> ends{0};
    for (int64_t i = 0; i < all; ++i) {
      auto size = static_cast<int64_t>(rng_.below(shape_.longest + 1));
      if (shape_.oneTooLong && i == all / 2) size = static_cast<int64_t>(kMaxElements) + 1;
      if (!present[static_cast<size_t>(i)] && !shape_.spans) size = 0;
      ends.push_back(ends.back() + size);
    }
    ColumnData& elements = children_.emplace_back(values(type.element(), ends.back()));
    if (shape_.missingElements) elements.validity = bits(presence(ends.back(), true));
    ColumnData column;
    column.length = rows;
    column.offset = shape_.skipped;
    column.padded = true;
    column.wideOffsets = shape_.wide;
    column.offsets = offsets(ends);
    column.children[0] = &elements;
    if (type.nullable()) column.validity = bits(present);
    return column;
  }

  Rng rng_;
  Shape shape_;
  std::deque<std::vector<char>> buffers_;
  std::deque<ColumnData> children_;
  std::vector<ColumnData> columns_;
  std::vector<int64_t> offsets_;
  Batch batch_;
};

Result resultOf(const TestedEngine& engine, const Batch& batch, const RunLimits& limits) {
  Extractor extractor(*engine.info, engine.executable, {}, limits);
  Scratch scratch(extractor);
  Result result;
  Error error = extractor.run(batch, scratch, result);
  REQUIRE(error.message == "");
  return result;
}

}  // namespace

TEST_CASE("flat lists give what lists give", "[flat]") {
  CompiledConfig config = compileConfig("flat.feat", {}, kLists);
  REQUIRE(config.diagnosticsText() == "");
  std::vector<TestedEngine> engines = testedEngines(config.raw, config.optimized, {{testedCpus().back(), false}});
  Shape shape;
  SECTION("side by side") {}
  SECTION("with wide offsets") { shape.wide = true; }
  SECTION("in a slice") { shape.skipped = 3; }
  SECTION("in a slice, with wide offsets") {
    shape.skipped = 8;
    shape.wide = true;
  }
  SECTION("with missing rows") { shape.missingRows = true; }
  SECTION("with missing rows that have elements") {
    shape.missingRows = true;
    shape.spans = true;
  }
  SECTION("with missing elements") { shape.missingElements = true; }
  SECTION("none has elements") { shape.longest = 0; }
  SECTION("longer than a sequence") { shape.longest = 150; }
  SECTION("one is too long") { shape.oneTooLong = true; }
  for (int64_t n : {0, 1, 7, 8, 9, 64, 511, 512, 513, 1100}) {
    Columns columns(config.raw.info(), n, shape, static_cast<uint64_t>(n) + 1);
    for (uint32_t maxIds : {65'536U, 5U}) {
      RunLimits limits;
      limits.maxIdsPerRow = maxIds;
      Result meaning = resultOf(engines[0], columns.batch(), limits);
      for (size_t e = 1; e < engines.size(); ++e) {
        Result result = resultOf(engines[e], columns.batch(), limits);
        INFO(engines[e].name << ", " << n << " items, at most " << maxIds << " ids");
        CHECK(difference(meaning, result).value_or("") == "");
      }
      // As many outputs depend on items: what does not fit is counted as often.
      Result interpreted = resultOf(engines[1], columns.batch(), limits);
      Result native = resultOf(engines[2], columns.batch(), limits);
      CHECK(countDifference(interpreted, native).value_or("") == "");
    }
  }
}
