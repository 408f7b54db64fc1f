// SPDX-License-Identifier: Apache-2.0
// Features of maps: lookup, match and kv_dot_product.
#include <fmt/format.h>

#include "frontend/fg/text.h"
#include "frontend/fg/types.h"

namespace featc::fg {
namespace {

// Keys as the map has them.
std::string keysFor(Type map, const std::string& texts) {
  return map.key().is(Kind::Int64) ? "int(" + texts + ")" : texts;
}

std::string textOfFound(Type map, const std::string& found) {
  if (map.value().is(Kind::String)) return found;
  if (map.value().is(Kind::Int64)) return "string(" + found + ")";
  FeatureBuilder::refuse("the text that FG makes of a float in its map is not known; declare the map<string, string>?");
}

void noteDuplicates(FeatureBuilder& b, Type column) {
  if (!column.isMap())
    b.assume("a key that stands twice in a map's text: FG's answer is not known; here the last wins");
}

}  // namespace

void buildLookup(FeatureBuilder& b) {
  bool discrete = b.flagThatMustBeWritten("needDiscrete");
  if (b.flagThatMustBeWritten("needKey"))
    FeatureBuilder::refuse(
        "the text that needKey makes is not known; write needKey false, or lookup_id(map, key) by hand");
  auto [map, type] = b.map(b.input(0));
  noteDuplicates(b, b.columnType(b.input(0)));
  const Input& keyInput = b.input(1);
  bool sequence = b.feature().sequence;
  if (sequence && b.input(0).sequence)
    FeatureBuilder::refuse("a sequence of maps cannot be carried over; a map of the user and a sequence of keys can");
  // A sequence has a key an element, else its values would be lists of lists.
  if (sequence && !b.columnType(keyInput).isList())
    FeatureBuilder::refuse(
        "an element of its keys may hold several; declare the column list<string>? or list<int64>?, one "
        "key an element",
        keyInput.line);
  if (sequence)
    b.note(
        "an element with several keys in one text: FG looks each up; here only the first, as one text holds one key");
  Value keys = sequence ? b.elements(keyInput) : b.texts(keyInput);
  std::string found = fmt::format("lookup({}, {})", map, keysFor(type, keys.code));

  if (discrete) {
    std::string valueType = b.valueType();
    if (valueType != "string")
      FeatureBuilder::refuse("its values are texts only with value_type string; write it, or needDiscrete false");
    if (!b.text("combiner").empty()) FeatureBuilder::refuse("texts cannot be combined; write combiner \"\"");
    found = textOfFound(type, found);
    std::string absent = b.defaultText();
    if (sequence)
      return b.finish({Value::Of::Text, true, fmt::format("{} ?? {}", b.let("found", found), literalText(absent))});
    if (!keys.list) {
      return b.finish(
          {Value::Of::Text, false, absent.empty() ? found : fmt::format("({} ?? {})", found, literalText(absent))});
    }
    return b.finish(b.withDefault({Value::Of::Text, true, fmt::format("{}({})", b.function("present"), found)}));
  }

  std::optional<double> absent = b.defaultNumber();
  if (b.integer("value_dim", 1) > 1)
    FeatureBuilder::refuse(
        "value_dim over 1 is TorchEasyRec's, which writes a raw_feature over a lookup for it; write "
        "that");
  if (!absent)
    FeatureBuilder::refuse("what FG gives where no key is found without a default is not known; write default_value");
  if (type.value().is(Kind::Bool)) FeatureBuilder::refuse("the values of its map are bools");
  std::string number = type.value().is(Kind::String) ? fmt::format("float({})", found) : found;
  number = fmt::format("float32({})", number);
  if (sequence || !keys.list) return b.finish({Value::Of::Number, keys.list, b.normalized(number), absent});
  std::string combiner = b.text("combiner", "sum");
  if (combiner == "mean") combiner = "avg";
  if (combiner.empty()) {
    std::string values = b.let("found", number);
    return b.finish({Value::Of::Number, true,
                     fmt::format("({0} == 0 ? [{1}] : {2})", fmt::format("count({})", values), float32Text(*absent),
                                 b.normalized(values))});
  }
  if (combiner != "sum" && combiner != "avg" && combiner != "min" && combiner != "max")
    FeatureBuilder::refuse(
        fmt::format("what the combiner \"{}\" gives is not known exactly; write sum, mean, min or max, "
                    "or the feature by hand",
                    combiner));
  if (b.has("normalizer"))
    b.note("several keys found, with a normalizer: whether FG normalizes before it combines is not known; here after");
  if (combiner == "sum") {
    std::string values = b.let("found", number);
    std::string sum = b.normalized(fmt::format("sum({})", values));
    return b.finish({Value::Of::Number, false,
                     fmt::format("(count({}) == 0 ? {} : {})", values, float32Text(*absent), sum), absent});
  }
  b.finish({Value::Of::Number, false, b.normalized(fmt::format("{}({})", combiner, number)), absent});
}

void buildMatch(FeatureBuilder& b) {
  if (b.inputs() != 3) FeatureBuilder::refuse("a match_feature needs a map (\"user\"), \"category\" and \"item\"");
  if (b.input(1).side == "ALL" || b.input(2).side == "ALL" || b.text("matchType", "hit") != "hit")
    FeatureBuilder::refuse(
        "a match over ALL keys cannot be carried over, the order of its values is not known; write it "
        "with parse_map and map_values by hand");
  bool discrete = b.flagThatMustBeWritten("needDiscrete");
  if (discrete && (b.flagThatMustBeWritten("show_category") || b.flagThatMustBeWritten("show_item")))
    FeatureBuilder::refuse("the text that show_category and show_item make is not known; write false");
  if (b.integer("value_dim", 1) != 1) FeatureBuilder::refuse("several values a key are not known; write value_dim 1");
  const Input& mapInput = b.input(0);
  Type column = b.columnType(mapInput);
  std::string outer;
  if (mapInput.isColumn() && column.is(Kind::String))
    outer = fmt::format("parse_map({}, \"|\", \"^\")", b.reference(mapInput));
  else if (mapInput.isColumn() && column.isMap() && column.value().is(Kind::String))
    outer = b.reference(mapInput);
  else
    FeatureBuilder::refuse(
        "maps of maps cannot be declared; declare its map string? (pk^sk:v,sk:v|pk^sk:v) or "
        "map<string, string>? of such inner texts",
        mapInput.line);
  noteDuplicates(b, Type());
  auto key = [&](const Input& input) -> std::string {
    if (input.side == "const") return literalText(input.name);
    Type type = b.columnType(input);
    if (input.isColumn() && type.is(Kind::String)) return b.reference(input);
    if (input.isColumn() && type.is(Kind::Int64)) return fmt::format("string({})", b.reference(input));
    FeatureBuilder::refuse("its keys are columns of one key each; declare them string? or int64?", input.line);
  };
  std::string category = key(b.input(1));
  if (column.isMap() && column.key().is(Kind::Int64)) category = "int(" + category + ")";
  std::string inner = fmt::format("parse_map(lookup({}, {}), \",\")", outer, category);
  std::string found = fmt::format("lookup({}, {})", inner, key(b.input(2)));
  if (!discrete) {
    std::optional<double> absent = b.defaultNumber();
    if (!absent) FeatureBuilder::refuse("what FG emits for a miss without a default is not known; write default_value");
    return b.finish({Value::Of::Number, false, b.normalized(fmt::format("float({})", found)), absent});
  }
  if (b.valueType() != "string") FeatureBuilder::refuse("needDiscrete needs value_type string; write it");
  std::string absent = b.defaultText();
  if (b.bucketizer() == kHash) {
    b.note("FG hashes the feature's name, \"_\" and the value: inferred from two test cases of TorchEasyRec");
    found = fmt::format("concat({}, {})", literalText(b.feature().ownName + "_"), found);
  } else if (b.bucketizer() != 0) {
    FeatureBuilder::refuse(
        "which text FG looks up for a match with this bucketizer is not known; write hash_bucket_size, "
        "or boundaries with needDiscrete false");
  }
  b.finish({Value::Of::Text, false, absent.empty() ? found : fmt::format("({} ?? {})", found, literalText(absent))});
}

void buildKvDot(FeatureBuilder& b) {
  std::optional<double> absent = b.defaultNumber();
  if (absent.value_or(0) != 0 || b.has("normalizer"))
    FeatureBuilder::refuse(
        "what FG gives where no key is common, 0 or the default, is not known; write default_value 0 and "
        "no normalizer, or the feature by hand");
  std::string delimiter = b.text("kv_delimiter", ":");
  if (delimiter.size() != 1) FeatureBuilder::refuse("its kv_delimiter is not one character");
  std::string sides;
  Type keys;
  for (size_t i = 0; i < 2; ++i) {
    const Input& input = b.input(i);
    Type type = b.columnType(input);
    std::string code;
    if (input.isColumn() && type.isMap()) {
      if (!type.value().isNumber()) FeatureBuilder::refuse("the values of its map are no numbers", input.line);
      code = b.reference(input);
      if (!keys.isNone() && !(keys == type.key()))
        FeatureBuilder::refuse("one side has integers for keys and the other one texts; declare both alike",
                               input.line);
      keys = type.key();
    } else {
      bool isText = input.isColumn() && type.is(Kind::String);
      code = isText ? fmt::format("parse_weights({}, {}, {})", b.reference(input), literalText(b.separators()),
                                  literalText(delimiter))
                    : fmt::format("parse_weights({}, \"\", {})", b.textList(input).code, literalText(delimiter));
      if (!keys.isNone() && keys.is(Kind::Int64))
        FeatureBuilder::refuse("one side has integers for keys and the other one texts; declare both alike",
                               input.line);
      keys = Type::string();
      noteDuplicates(b, Type());
    }
    sides += (i == 0 ? "" : ", ") + code;
  }
  b.finish({Value::Of::Number, false, fmt::format("kv_dot({})", sides), 0.0});
}

}  // namespace featc::fg
