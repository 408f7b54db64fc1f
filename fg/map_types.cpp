// SPDX-License-Identifier: Apache-2.0
// Features of maps: lookup, match and kv_dot_product.
#include <fmt/format.h>

#include <algorithm>

#include "fg/text.h"
#include "fg/types.h"

namespace featc::fg {
namespace {

// Keys as the map has them.
std::string keysFor(Type map, const std::string& texts) {
  return map.key().is(Kind::Int64) ? "int(" + texts + ")" : texts;
}

std::string textOfFound(Type value, const std::string& found) {
  if (value.is(Kind::String)) return found;
  if (value.is(Kind::Int64)) return "string(" + found + ")";
  FeatureBuilder::refuse("the text that FG makes of a float in its map is not known; declare the map<string, string>?");
}

bool isIntList(Type type) { return type.isList() && type.element().is(Kind::Int64); }

void noteDuplicates(FeatureBuilder& b, Type column) {
  if (!column.isMap())
    b.assume(
        "a key that is repeated in a map's text, or an item without a \":\": FG's answer is not known; here the last "
        "wins, and the item is left out");
}

// The number that a map has under a key.
std::string numberOfFound(FeatureBuilder& b, Type value, const std::string& found) {
  if (value.is(Kind::String))
    b.assume(
        "a value of a map that is text and not a number: FG's answer is not known; here its key is not in the map");
  return value.is(Kind::Float64) ? found : fmt::format("float({})", found);
}

// How several values that were found become one, as featc calls it; "" where they stay several.
std::string lookupCombiner(const FeatureBuilder& b) {
  std::string combiner = b.text("combiner", "sum");
  if (combiner == "mean") return "avg";
  for (std::string_view known : {"", "sum", "avg", "min", "max"})
    if (combiner == known) return combiner;
  FeatureBuilder::refuse(fmt::format(
      "what the combiner \"{}\" gives is not known exactly; write sum, mean, min or max, or the feature by hand",
      combiner));
}

// What TorchEasyRec makes of a value_dim over 1: the texts found, cut into numbers.
void buildVectorLookup(FeatureBuilder& b, const std::string& found, bool several, int64_t width) {
  std::optional<double> absent = b.defaultNumber();
  std::string separator = b.text("value_separator");
  if (separator.empty())
    FeatureBuilder::refuse(
        "value_dim over 1 is TorchEasyRec's, which writes a raw_feature over a lookup for it; write that");
  if (!absent)
    FeatureBuilder::refuse("what FG gives where no key is found without a default is not known; write default_value");
  b.noteCount("numbers", "zeros are");
  std::string text =
      several ? fmt::format("join({}({}), \"\\x1d\")", b.function("present"), found) : found + " ?? \"\"";
  std::string numbers = b.let("numbers", fmt::format("float(tokenize({}, {}))", text, literalText(separator + "\x1d")));
  std::string all;
  for (int64_t i = 0; i < width; ++i) all += (i == 0 ? "" : ", ") + float32Text(*absent);
  b.finish({Value::Of::Number, true,
            fmt::format("(len({0}) == 0 ? [{1}] : float({2}))", numbers, all, b.normalized(numbers)),
            b.bucketizer() != 0 ? std::nullopt : std::optional<double>(0)},
           width);
}

// The older FG's text of what is found: feature_key_value, or feature_value without needKey.
void buildPrefixedLookup(FeatureBuilder& b, bool withKey) {
  if (b.feature().sequence)
    FeatureBuilder::refuse("the text that the older FG makes of a lookup in a sequence is not known");
  if (b.bucketizer() != kHash)
    FeatureBuilder::refuse(
        "of a lookup the older FG makes a text with its name before it, which is known to be hashed "
        "only; write hash_bucket_size");
  b.note(
      "the older FG's text of a lookup: its documentation shows feature_key_value for what is left out, and "
      "feature_value "
      "in another place; here needKey decides");
  const Input& keyInput = b.input(1);
  auto [map, type] = b.map(b.input(0));
  noteDuplicates(b, b.columnType(b.input(0)));
  Value keys = b.texts(keyInput);
  std::string key = b.let("key", keys.code);
  std::string found = textOfFound(type.value(), fmt::format("lookup({}, {})", map, keysFor(type, key)));
  std::string name = literalText(b.feature().ownName + "_");
  std::string code =
      withKey ? fmt::format("concat({}, {}, \"_\", {})", name, key, found) : fmt::format("concat({}, {})", name, found);
  if (keys.list) code = fmt::format("{}({})", b.function("present"), code);
  b.finish(b.withDefault({Value::Of::Text, keys.list, code}));
}

}  // namespace

void buildLookup(FeatureBuilder& b) {
  bool discrete = b.flagThatMustBeWritten("needDiscrete");
  bool withKey = b.flagThatMustBeWritten("needKey");
  if (discrete && b.isEasyRec()) return buildPrefixedLookup(b, withKey);
  if (withKey)
    FeatureBuilder::refuse(
        "the text that needKey makes is not known; write needKey false, or lookup_id(map, key) by hand");
  const Input& keyInput = b.input(1);
  bool flat = b.isFlat();
  // One key an element; else its values would be lists of lists.
  if (flat && (b.input(0).sequence || !isIntList(b.columnType(keyInput))))
    FeatureBuilder::needsGroup(
        "a sequence of maps, or of keys of which an element may have several, is a sequence group");
  auto [map, type] = b.map(b.input(0));
  noteDuplicates(b, b.columnType(b.input(0)));
  Value keys = flat ? b.elements(keyInput) : b.texts(keyInput);
  std::string found = fmt::format("lookup({}, {})", map, keysFor(type, keys.code));

  if (discrete) {
    std::string valueType = b.valueType();
    if (valueType != "string")
      FeatureBuilder::refuse("its values are texts only with value_type string; write it, or needDiscrete false");
    if (!b.text("combiner").empty()) FeatureBuilder::refuse("texts cannot be combined; write combiner \"\"");
    if (b.integer("value_dim", 1) > 1)
      FeatureBuilder::refuse("what a value_dim over 1 makes of texts is not known; write value_dim 1, which keeps all");
    found = textOfFound(type.value(), found);
    std::string absent = b.defaultText();
    if (flat)
      return b.finish({Value::Of::Text, true, fmt::format("{} ?? {}", b.let("found", found), literalText(absent))});
    if (!keys.list) {
      return b.finish(
          {Value::Of::Text, false, absent.empty() ? found : fmt::format("({} ?? {})", found, literalText(absent))});
    }
    return b.finish(b.withDefault({Value::Of::Text, true, fmt::format("{}({})", b.function("present"), found)}));
  }

  if (b.valueType() == "string" && b.integer("value_dim", 1) <= 1)
    FeatureBuilder::refuse("what value_type string makes of numbers is not known; write float, or needDiscrete true");
  std::string combiner = lookupCombiner(b);
  std::optional<double> absent = b.defaultNumber();
  if (int64_t width = b.integer("value_dim", 1); width > 1) {
    if (flat) FeatureBuilder::needsGroup("a sequence of vectors is a sequence group");
    return buildVectorLookup(b, textOfFound(type.value(), found), keys.list, width);
  }
  if (!absent)
    FeatureBuilder::refuse("what FG gives where no key is found without a default is not known; write default_value");
  if (type.value().is(Kind::Bool)) FeatureBuilder::refuse("the values of its map are bools");
  std::string number = fmt::format("float32({})", numberOfFound(b, type.value(), found));
  if (flat || !keys.list) return b.finish({Value::Of::Number, keys.list, b.normalized(number), absent});
  if (combiner.empty()) {
    std::string values = b.let("found", number);
    return b.finish({Value::Of::Number, true,
                     fmt::format("({0} == 0 ? [{1}] : {2})", fmt::format("count({})", values), float32Text(*absent),
                                 b.normalized(values))});
  }
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

namespace {

// A map of maps: text, a map to such inner texts, or one as it is.
std::pair<std::string, Type> nestedMap(FeatureBuilder& b, const Input& input) {
  Type column = b.columnType(input);
  Type texts = Type::map(Type::string(), Type::map(Type::string(), Type::string()));
  if (!input.isColumn()) FeatureBuilder::refuse("its map is not a column", input.line);
  std::string code = b.reference(input);
  bool isText = column.is(Kind::String);
  if (isText || (column.isMap() && column.key().is(Kind::String) && column.value().is(Kind::String))) {
    noteDuplicates(b, Type());
    return {fmt::format("parse_nested_map({})", code), texts};
  }
  if (column.isMap() && column.value().isMap()) return {code, column};
  FeatureBuilder::refuse(
      fmt::format("its map is a {}; declare it string? (pk^sk:v,sk:v|pk^sk:v), map<string, string>? of such inner "
                  "texts, or map<string, map<string, float64>>?",
                  toString(column)),
      input.line);
}

bool isAll(const Input& input) { return input.side == "ALL"; }

// As text, and as a map with keys of that type has it.
std::pair<std::string, std::string> matchKey(FeatureBuilder& b, const Input& input, Type key) {
  bool isInt = key.is(Kind::Int64);
  auto of = [&](const std::string& text) { return std::pair(text, isInt ? fmt::format("int({})", text) : text); };
  if (isAll(input)) return of("\"ALL\"");
  if (input.side == "const") return of(literalText(input.name));
  Type type = b.columnType(input);
  if (b.isOneText(input)) {
    std::string text = b.oneText(input);
    if (input.isFeature() && !b.isFeatureOfText(input)) return of(text);
    b.assume(
        "a match_feature's key with several values in its text: FG's answer is not known; here the text is one key");
    return isInt ? of(text) : std::pair(text, fmt::format("{}({})", b.function("not_empty"), text));
  }
  if (input.isColumn() && type.is(Kind::Int64)) {
    std::string text = fmt::format("string({})", b.reference(input));
    return {text, isInt ? b.reference(input) : text};
  }
  // Of a number that says more.
  if (input.isFeature() && b.texts(input).list)
    FeatureBuilder::refuse(
        fmt::format("its keys are of one value each, and the feature \"{}\" has several; read one of one value",
                    input.name),
        input.line);
  FeatureBuilder::refuse("its keys are columns of one key each; declare them string? or int64?", input.line);
}

// Whether one of its keys stands for all, and as FG's documentation says which.
bool matchesAll(FeatureBuilder& b) {
  std::string how = b.text("matchType", "hit");
  bool all = isAll(b.input(1)) || isAll(b.input(2));
  if (how != "hit" && how != "multihit")
    FeatureBuilder::refuse(fmt::format("its matchType \"{}\" is neither hit nor multihit", how));
  if (!all && how == "multihit")
    FeatureBuilder::refuse(
        "multihit without ALL as a key takes the text ALL in the data for every key, which cannot be imported; write "
        "matchType hit, or ALL in the place of a key");
  if (!all) return false;
  if (!b.has("matchType"))
    FeatureBuilder::refuse(
        "it leaves out \"matchType\": multihit takes ALL for every key, hit for a key of that name; write which");
  if (how == "hit") {
    b.note(
        "a hit with ALL looks for a key that is called ALL, as the documentation of FG's older versions says; where "
        "every "
        "key is meant write matchType multihit");
    return false;
  }
  if (isAll(b.input(1)) && isAll(b.input(2)))
    FeatureBuilder::refuse("ALL for both keys is not documented; write flatten over match_all_second by hand");
  return true;
}

// Whether words of the vocabulary have the feature's name before them.
bool hasWordsWithName(const FeatureBuilder& b) {
  std::string name = b.feature().ownName + "_";
  const Node* list = b.find("vocab_list");
  const Node* record = b.find("vocab_dict");
  return (list != nullptr &&
          std::ranges::any_of(list->each(), [&](const Node* word) { return word->text.starts_with(name); })) ||
         (record != nullptr &&
          std::ranges::any_of(record->fields, [&](const Node::Field& field) { return field.name.starts_with(name); }));
}

// What FG hashes of a found value: the feature's name before it, and the keys where they are shown.
std::string matchText(FeatureBuilder& b, const std::string& found, const std::string& first,
                      const std::string& second) {
  bool showFirst = b.flagThatMustBeWritten("show_category");
  bool showSecond = b.flagThatMustBeWritten("show_item");
  if ((showFirst || showSecond) && b.bucketizer() != kHash)
    FeatureBuilder::refuse(
        "the text that show_category and show_item make is known for hash_bucket_size only; write false");
  std::string name = literalText(b.feature().ownName + "_");
  bool isNamed = b.bucketizer() == kHash;
  if (b.bucketizer() == kVocabulary) {
    isNamed = hasWordsWithName(b);
    b.note(fmt::format(
        "whether FG looks up the value or feature_value in a vocabulary is not known (it hashes feature_value); here "
        "{}, as its words are written",
        isNamed ? "feature_value" : "the value"));
  }
  if (b.bucketizer() == kBoundaries)
    FeatureBuilder::refuse("texts have no boundaries; write needDiscrete false, or hash_bucket_size");
  if (!isNamed) return found;
  if (!b.feature().group.empty())
    FeatureBuilder::refuse(
        "FG hashes the feature's name before the value, and whether with that of the group is not known; write "
        "num_buckets, or the feature outside the group as sequence_match_feature");
  if (!showFirst && !showSecond) {
    if (b.bucketizer() == kHash)
      b.note("FG hashes the feature's name, \"_\" and the value: inferred from two test cases of TorchEasyRec");
    return fmt::format("concat({}, {})", name, found);
  }
  if (!showFirst || !showSecond || first.empty() || second.empty())
    FeatureBuilder::refuse(
        "the text with one key before the value is not known; write show_category and show_item both true (with no "
        "ALL) "
        "or both false");
  b.note(
      "FG hashes name_key_key_value, as the documentation of its older versions says; newer versions were not seen to "
      "do "
      "so");
  return fmt::format("concat({}, {}, \"_\", {}, \"_\", {})", name, first, second, found);
}

}  // namespace

void buildMatch(FeatureBuilder& b) {
  bool all = matchesAll(b);
  bool discrete = b.flagThatMustBeWritten("needDiscrete");
  int64_t most = b.integer("value_dim", 1);
  if (most == 0 && !discrete)
    FeatureBuilder::refuse("a match_feature has value_dim 1, or 0 where its values are discrete");
  auto [map, type] = nestedMap(b, b.input(0));
  auto first = matchKey(b, b.input(1), type.key());
  auto second = matchKey(b, b.input(2), type.value().key());
  std::string found = !all                ? fmt::format("match({}, {}, {})", map, first.second, second.second)
                      : isAll(b.input(1)) ? fmt::format("match_all_first({}, {})", map, second.second)
                                          : fmt::format("match_all_second({}, {})", map, first.second);
  Type value = type.value().value();
  if (all && !discrete) {
    // By hand without the function that only an import has.
    Type key = isAll(b.input(1)) ? type.value().key() : type.key();
    const auto& given = isAll(b.input(1)) ? second : first;
    std::string plain = fmt::format("match_all_{}({}, {})", isAll(b.input(1)) ? "first" : "second", map,
                                    key.is(Kind::Int64) ? given.second : given.first);
    FeatureBuilder::refuse(
        fmt::format("of the numbers that ALL finds FG keeps one, and which is not known; write needDiscrete true and "
                    "value_dim 0, or by hand \"dense {} = sum({})\"",
                    nameText(b.feature().name), value.is(Kind::String) ? "float(" + plain + ")" : plain));
  }
  if (!discrete) {
    std::optional<double> absent = b.defaultNumber();
    if (!value.is(Kind::String) && !value.isNumber()) FeatureBuilder::refuse("the values of its map are not numbers");
    if (b.valueType() == "string")
      FeatureBuilder::refuse(
          "what value_type string makes of a number is not known; write float, or needDiscrete true");
    return b.finish({Value::Of::Number, false, b.normalized(numberOfFound(b, value, found)), absent});
  }
  if (b.valueType() != "string") FeatureBuilder::refuse("needDiscrete needs value_type string; write it");
  found = matchText(b, textOfFound(value, found), all && isAll(b.input(1)) ? "" : first.first,
                    all && isAll(b.input(2)) ? "" : second.first);
  if (all && most != 0)
    FeatureBuilder::refuse(
        "of the values that ALL finds value_dim 1 keeps one, and which is not known; write value_dim 0, which keeps "
        "all");
  if (all) b.note("the order in which FG gives the values of ALL is not known; here it is that of the keys");
  if (all) found = found + " ?? []";
  b.finish(b.withDefault({Value::Of::Text, all, found}));
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
      if (!type.value().isNumber()) FeatureBuilder::refuse("the values of its map are not numbers", input.line);
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
      b.assume("an item whose weight is not a number: FG's answer is not known; here it is left out");
    }
    sides += (i == 0 ? "" : ", ") + code;
  }
  b.finish({Value::Of::Number, false, fmt::format("kv_dot({})", sides), 0.0});
}

}  // namespace featc::fg
