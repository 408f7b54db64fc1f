// SPDX-License-Identifier: Apache-2.0
// Maps written as text (`a:1,b:2`), and combinations of texts: what other systems keep in strings.
#include <algorithm>

#include "ops/groups.h"
#include "ops/operator.h"
#include "ops/scratch.h"
#include "values/code_points.h"
#include "values/parse.h"

namespace featc {

namespace {

// -- parse_map, parse_weights -----------------------------------------------------------------------

struct MapText : OpState {
  CodePointSet separators;
  std::string delimiter = ":";

  // Calls `use` with each item that is not empty.
  template <class F>
  void forEachItem(std::string_view text, F&& use) const {
    size_t begin = 0;
    for (size_t at = 0; at < text.size();) {
      size_t step = codePointStep(text.substr(at));
      if (separators.contains(text.substr(at, step))) {
        if (at > begin) use(text.substr(begin, at - begin));
        begin = at + step;
      }
      at += step;
    }
    if (begin < text.size()) use(text.substr(begin));
  }
};

Prepared prepareMapText(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<MapText>();
  if (!constants[0].isMissing()) state->separators = CodePointSet(constants[0].asString());
  if (!constants[1].isMissing()) state->delimiter = constants[1].asString();
  if (state->delimiter.empty()) return {nullptr, PrepareError{2, "the delimiter is empty"}};
  return {state, std::nullopt};
}

// What stands behind a key, as a value.
Maybe<Str> readText(std::string_view text, bool written) { return written ? Maybe<Str>(Str::of(text)) : Maybe<Str>(); }
// An item without a delimiter has no text, but weighs 1.
template <NumberStyle style>
Maybe<double> readWeight(std::string_view text, bool written) {
  if (!written) return 1.0;
  double weight = 0;
  const bool present = parseFloat64(text, style, weight) == NumberError::None;
  return {weight, present};
}

// Entries in ascending order of their keys, of equal ones the last.
template <class V>
class MapMaker {
 public:
  explicit MapMaker(Context& context) : context_(context) {}

  // `forEachItem(use)` calls `use` with each item's text, always the same ones; `read(text, written)` gives the
  // value of what stands behind the delimiter, items in order.
  template <class F, class Read>
  Map<Str, V> make(const std::string& delimiter, F&& forEachItem, Read&& read) {
    uint64_t count = 0;
    forEachItem([&](std::string_view) { ++count; });
    auto* keys = context_.newList<Str>(count);
    auto* values = keys == nullptr ? nullptr : context_.newList<V>(count);
    auto* valid = values == nullptr ? nullptr : context_.newList<uint8_t>(count);
    if (valid == nullptr) return {};
    RowScratch scratch(context_);
    auto* items = scratch.allocate<Item>(count);
    if (items == nullptr) return {};
    uint64_t taken = 0;
    forEachItem([&](std::string_view item) {
      size_t end = item.find(delimiter);
      bool written = end != std::string_view::npos;
      std::string_view text = written ? item.substr(end + delimiter.size()) : std::string_view();
      items[taken] = {Str::of(item.substr(0, end)), taken, read(text, written)};
      ++taken;
    });
    std::sort(items, items + count,
              [](const Item& a, const Item& b) { return a.key < b.key || (a.key == b.key && a.at < b.at); });
    uint64_t size = 0;
    for (uint64_t i = 0; i < count; ++i) {
      if (size > 0 && keys[size - 1] == items[i].key) --size;
      keys[size] = items[i].key;
      values[size] = items[i].value.present ? items[i].value.value : V{};
      valid[size] = items[i].value.present ? 1 : 0;
      ++size;
    }
    return {{keys, nullptr, size}, {values, valid, size}};
  }

 private:
  struct Item {
    Str key;
    uint64_t at;
    Maybe<V> value;
  };
  Context& context_;
};

template <class V, auto read>
Map<Str, V> mapOfText(Context& context, const MapText& state, Str s) {
  return MapMaker<V>(context).make(state.delimiter, [&](auto&& use) { state.forEachItem(s.view(), use); }, read);
}
// Each element holds one item, or several where there are separators.
template <class V, auto read>
Map<Str, V> mapOfItems(Context& context, const MapText& state, List<Str> list) {
  return MapMaker<V>(context).make(
      state.delimiter,
      [&](auto&& use) {
        for (uint64_t i = 0; i < list.size; ++i)
          if (list.present(i)) state.forEachItem(list.data[i].view(), use);
      },
      read);
}

// -- parse_nested_map -------------------------------------------------------------------------------

struct NestedMapText : OpState {
  MapText outer;
  MapText inner;
};

Prepared prepareNestedMapText(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<NestedMapText>();
  auto text = [&](size_t i, const char* usual) {
    return constants[i].isMissing() ? std::string(usual) : constants[i].asString();
  };
  state->outer.separators = CodePointSet(text(0, "|"));
  state->outer.delimiter = text(1, "^");
  state->inner.separators = CodePointSet(text(2, ","));
  state->inner.delimiter = text(3, ":");
  if (state->outer.delimiter.empty()) return {nullptr, PrepareError{2, "the delimiter of outer keys is empty"}};
  if (state->inner.delimiter.empty()) return {nullptr, PrepareError{4, "the delimiter is empty"}};
  return {state, std::nullopt};
}

using StrMap = Map<Str, Str>;

StrMap innerMap(Context& context, const NestedMapText& state, std::string_view text) {
  return MapMaker<Str>(context).make(
      state.inner.delimiter, [&](auto&& use) { state.inner.forEachItem(text, use); }, readText);
}

Map<Str, StrMap> nestedMapOfText(Context& context, const NestedMapText& state, Str s) {
  const std::string& delimiter = state.outer.delimiter;
  uint64_t count = 0;
  state.outer.forEachItem(s.view(), [&](std::string_view) { ++count; });
  // Made before the outer map's working memory, since they stay.
  auto* inner = context.newList<StrMap>(count);
  if (inner == nullptr) return {};
  uint64_t made = 0;
  state.outer.forEachItem(s.view(), [&](std::string_view item) {
    size_t end = item.find(delimiter);
    bool written = end != std::string_view::npos;
    inner[made++] = written ? innerMap(context, state, item.substr(end + delimiter.size())) : StrMap();
  });
  uint64_t next = 0;
  return MapMaker<StrMap>(context).make(
      delimiter, [&](auto&& use) { state.outer.forEachItem(s.view(), use); },
      [&](std::string_view, bool written) { return Maybe<StrMap>(inner[next++], written); });
}

// The outer map is one already, its values are inner maps in text.
Map<Str, StrMap> nestedMapOfMap(Context& context, const NestedMapText& state, StrMap texts) {
  auto* inner = context.newList<StrMap>(texts.keys.size);
  if (inner == nullptr) return {};
  for (uint64_t i = 0; i < texts.keys.size; ++i)
    inner[i] = texts.values.present(i) ? innerMap(context, state, texts.values.data[i].view()) : StrMap();
  return {texts.keys, {inner, texts.values.valid, texts.keys.size}};
}

// -- cross_text -------------------------------------------------------------------------------------

struct CrossText : OpState {
  std::string separator;
};
Prepared prepareCrossText(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<CrossText>();
  if (!constants[0].isMissing()) state->separator = constants[0].asString();
  return {state, std::nullopt};
}

uint64_t presentElements(List<Str> list) {
  uint64_t n = 0;
  for (uint64_t i = 0; i < list.size; ++i) n += list.present(i) ? 1 : 0;
  return n;
}

List<Str> crossText(Context& context, const CrossText& state, List<Str> first, Each<List<Str>> more) {
  // Saturates: each factor is a list that exists, and a product beyond the limit stays beyond it until
  // a factor is 0.
  uint64_t size = presentElements(first);
  for (uint64_t i = 0; i < more.size; ++i) {
    uint64_t n = presentElements(more.data[i]);
    size = n == 0 ? 0 : std::min(size, kMaxElements + 1) * n;
  }
  for (uint64_t i = 0; i < more.size && size > 0; ++i)
    if (presentElements(more.data[i]) == 0) size = 0;
  auto* out = context.newList<Str>(size);
  if (out == nullptr || size == 0) return {};

  // One position a list, the last one turning fastest.
  std::array<uint64_t, kMaxArguments> at{};
  auto listAt = [&](uint64_t i) -> const List<Str>& { return i == 0 ? first : more.data[i - 1]; };
  auto skipMissing = [&](uint64_t i) {
    while (at[i] < listAt(i).size && !listAt(i).present(at[i])) ++at[i];
    return at[i] < listAt(i).size;
  };
  uint64_t lists = more.size + 1;
  for (uint64_t i = 0; i < lists; ++i) skipMissing(i);
  for (uint64_t made = 0; made < size; ++made) {
    uint64_t bytes = state.separator.size() * (lists - 1);
    for (uint64_t i = 0; i < lists; ++i) bytes += listAt(i).data[at[i]].size;
    char* text = context.newString(bytes);
    if (text == nullptr) return {};
    out[made] = {text, bytes};
    for (uint64_t i = 0; i < lists; ++i) {
      if (i > 0) text = std::copy_n(state.separator.data(), state.separator.size(), text);
      Str piece = listAt(i).data[at[i]];
      text = std::copy_n(piece.data, piece.size, text);
    }
    for (uint64_t i = lists; i-- > 0;) {
      ++at[i];
      if (skipMissing(i)) break;
      at[i] = 0;
      skipMissing(i);
    }
  }
  return {out, nullptr, size};
}

}  // namespace

void registerMapText(Registry& r) {
  r.group("Maps");
  r.add("parse_map", {value("s"), optionalConstant("separators"), optionalConstant("delimiter")},
        "The map in a text or a list: items between any of the characters in `separators`, keys up to the first "
        "`delimiter` (`:`), else the value is missing; the last of equal keys wins.")
      .foreignNames({"str_to_map"}, "the first separators may be several characters, each of which separates")
      .example(R"(parse_map("a:1,b:x:y", ","))", R"({"a": "1", "b": "x:y"})")
      .example(R"(lookup(parse_map("a=1;b=2", ";", "="), "b"))", R"("2")")
      .add<mapOfText<Str, readText>>({Type::string(), Type::string()})
      .notLifted()
      .add<mapOfItems<Str, readText>>({Type::string(), Type::string()})
      .prepare(prepareMapText);
  r.add("parse_weights", {value("s"), optionalConstant("separators"), optionalConstant("delimiter")},
        "As `parse_map`, but the values are floats: an item without a delimiter weighs 1, and a value that is not a "
        "number is missing. Under `semantics 2` a number is any number in text.")
      .example(R"(parse_weights("a:0.5,b", ","))", R"({"a": 0.5, "b": 1})")
      .example(R"(kv_dot(parse_weights(["a:2", "b"]), {"a": 0.5, "b": 3}))", "4")
      .exampleSince(2, R"(parse_weights("a:.5"))", R"({"a": 0.5})")
      .add<mapOfText<double, readWeight<NumberStyle::Plain>>>({Type::string(), Type::string()})
      .notLifted()
      .add<mapOfItems<double, readWeight<NumberStyle::Plain>>>({Type::string(), Type::string()})
      .add<mapOfText<double, readWeight<NumberStyle::Text>>>({Type::string(), Type::string()})
      .notLifted()
      .since(2)
      .add<mapOfItems<double, readWeight<NumberStyle::Text>>>({Type::string(), Type::string()})
      .since(2)
      .prepare(prepareMapText);
  r.add("parse_nested_map",
        {value("s"), optionalConstant("outer_separators"), optionalConstant("outer_delimiter"),
         optionalConstant("separators"), optionalConstant("delimiter")},
        "The map of maps in a text: items between `outer_separators` (`|`), each a key up to the first "
        "`outer_delimiter` (`^`) and a map as of `parse_map`; or of a map to such inner texts.")
      .example(R"(parse_nested_map("rome^pizza:3,sushi:1|oslo^fish:2"))",
               R"({"oslo": {"fish": "2"}, "rome": {"pizza": "3", "sushi": "1"}})")
      .example(R"(float(match(parse_nested_map("rome^pizza:3"), "rome", "pizza")))", "3")
      .add<nestedMapOfText>({Type::string(), Type::string(), Type::string(), Type::string()})
      .notLifted()
      .add<nestedMapOfMap>({Type::string(), Type::string(), Type::string(), Type::string()})
      .prepare(prepareNestedMapText);
  r.group("Text");
  r.add("cross_text", {constant("separator"), value("a"), value("b")},
        "Every combination of the elements of two or more lists, joined with the separator, the first list "
        "outermost; missing elements are skipped.")
      .foreignNames({"combo_feature"}, "joins texts; hash what comes out with `std_bucket`")
      .example(R"(cross_text("_", ["a", "b"], ["x", "y"]))", R"(["a_x", "a_y", "b_x", "b_y"])")
      .add<crossText>({Type::string()})
      .prepare(prepareCrossText);
}

}  // namespace featc
