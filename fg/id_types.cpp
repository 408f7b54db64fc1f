// SPDX-License-Identifier: Apache-2.0
// Features of texts: id, combo, bool_mask and regex_replace.
#include <fmt/format.h>

#include "fg/text.h"
#include "fg/types.h"

namespace featc::fg {
namespace {

// How many values FG keeps of each row, or of each element of a sequence: 0 is all of them.
int64_t kept(const FeatureBuilder& b) { return b.integer("value_dim", b.feature().sequence ? 1 : 0); }

bool isListOfLists(const FeatureBuilder& b, const Input& input) {
  Type type = b.columnType(input);
  return type.isList() && type.element().isList();
}

// A flat sequence has one value an element, that of a column of one text or number an element.
void needsOneValue(const FeatureBuilder& b) {
  if (kept(b) != 1) FeatureBuilder::needsGroup("several values an element of a sequence are a sequence group");
  for (size_t i = 0; i < b.inputs(); ++i)
    if (b.input(i).isFeature() || isListOfLists(b, b.input(i)))
      FeatureBuilder::needsGroup("lists of lists, and a sequence beside a feature, are a sequence group");
}

// A name as it stands before values; whether that of a group is in it is not known.
std::string prefix(const FeatureBuilder& b) {
  if (!b.feature().group.empty())
    FeatureBuilder::refuse(
        "whether the prefix of its values has the group's name is not known; write need_prefix false, or the feature "
        "outside the group as sequence_id_feature");
  return b.feature().ownName + "_";
}

// With the feature's name before each value, where it says so.
Value prefixed(FeatureBuilder& b, Value value) {
  if (!b.flag("need_prefix", false)) return value;
  if (b.feature().type->name == "combo_feature" && !b.isEasyRec())
    FeatureBuilder::refuse("what need_prefix means for combo_feature is not known; remove it");
  if (!b.defaultText().empty())
    FeatureBuilder::refuse(fmt::format("whether its default has the prefix is not known; write {}",
                                       b.feature().sequence ? "need_prefix false" : "default_value \"\""));
  value.code = fmt::format("concat({}, {})", literalText(prefix(b)), value.code);
  return value;
}

// Weights ride along with their keys.
void buildWeighted(FeatureBuilder& b) {
  if (b.feature().sequence)
    FeatureBuilder::refuse(
        "the weight that its default gets in a sequence is not known; write a sequence group by hand");
  if (!b.defaultText().empty() || b.feature().isRead || b.flag("need_prefix", false))
    FeatureBuilder::refuse("the weight of a default, and of an id that others read, is not known; leave it empty");
  if (b.integer("value_dim", 0) != 0) FeatureBuilder::refuse("which of its weighted ids value_dim keeps is not known");
  Type type = b.columnType(b.input(0));
  Value ids;
  std::string weights;
  if (type.isMap()) {
    if (!type.value().isNumber()) FeatureBuilder::refuse("its weights are not numbers");
    ids = {Value::Of::Text, true, fmt::format("map_keys({})", b.reference(b.input(0)))};
    if (type.key().is(Kind::Int64)) ids.code = "string(" + ids.code + ")";
    weights = fmt::format("float(map_values({}))", b.reference(b.input(0)));
  } else {
    std::string items = b.let("items", b.textList(b.input(0)).code);
    ids = {Value::Of::Text, true, fmt::format("regex_extract({}, r\"^[^:]*\", group = 0)", items)};
    weights = fmt::format("float(regex_extract({}, r\"(?s):(.*)$\"))", items);
    b.note("what FG makes of an item without a number is not known; here its id is left out");
  }
  b.emitIds(fmt::format("weighted({}, {})", b.payloads(b.bucketized(ids).code), weights));
}

bool hasSeveral(const FeatureBuilder& b) {
  size_t count = 0;
  for (size_t i = 0; i < b.inputs(); ++i) count += b.input(i).sequence ? 1 : 0;
  return count > 1;
}

}  // namespace

void buildId(FeatureBuilder& b) {
  if (!b.has("need_prefix"))
    b.assume("id_feature without need_prefix: false, as in newer versions of FG; older ones say true");
  if (b.flag("weighted", false)) return buildWeighted(b);
  if (b.flag("need_prefix", false) && b.bucketizer() == kNumber)
    FeatureBuilder::refuse("need_prefix makes texts that are not numbers, which num_buckets takes; write it false");

  const Input& input = b.input(0);
  Type column = b.columnType(input);
  if (b.bucketizer() == kNumber && !b.isFlat() && column.isNumber()) {
    std::string absent = b.defaultText();
    std::string code = b.reference(input);
    if (column.is(Kind::Float64)) code = "int(" + code + ")";
    // A default that is not a number is refused with the bucketizer.
    if (auto number = integerOf(absent)) code = fmt::format("{} ?? {}", code, *number);
    return b.finish({Value::Of::Int, false, code});
  }
  Value value;
  if (b.isFlat()) {
    needsOneValue(b);
    value = b.withDefaultEach(b.elements(input));
  } else {
    value = b.texts(input);
    if (kept(b) == 1) value = b.firstOf(value);
    value = b.withDefault(value);
  }
  b.finish(prefixed(b, value));
}

void buildCombo(FeatureBuilder& b) {
  if (b.isFlat()) {
    needsOneValue(b);
    std::string empty;
    std::string joined;
    for (size_t i = 0; i < b.inputs(); ++i) {
      Value value = b.elements(b.input(i));
      std::string code = value.list ? value.code : fmt::format("{} ?? \"\"", value.code);
      std::string part = b.let(fmt::format("part {}", i + 1), code);
      empty += fmt::format("{}{} == \"\"", empty.empty() ? "" : " || ", part);
      joined += (joined.empty() ? "" : ", \"_\", ") + part;
    }
    if (hasSeveral(b))
      b.note("sequences of unequal lengths: what FG gives is not known; here there is no id past the shorter");
    return b.finish(prefixed(b, {Value::Of::Text, true,
                                 fmt::format("({} ? {} : concat({}))", empty, literalText(b.defaultText()), joined)}));
  }
  if (!b.inGroup() && kept(b) != 0)
    FeatureBuilder::refuse("which combinations its value_dim keeps is not known; write value_dim 0");
  std::vector<Value> parts;
  bool lists = false;
  for (size_t i = 0; i < b.inputs(); ++i) {
    parts.push_back(b.texts(b.input(i)));
    lists = lists || parts.back().list;
  }
  std::string joined;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!lists)
      joined += (joined.empty() ? "" : ", \"_\", ") + parts[i].code;
    else if (parts[i].list)
      joined += ", " + parts[i].code;
    else
      // A missing element is in no combination.
      joined += ", [" + parts[i].code + "]";
  }
  Value combined{Value::Of::Text, lists, (lists ? "cross_text(\"_\"" : "concat(") + joined + ")"};
  b.finish(prefixed(b, b.withDefault(kept(b) == 1 ? b.firstOf(combined) : combined)));
}

void buildBoolMask(FeatureBuilder& b) {
  if (!b.defaultText().empty())
    FeatureBuilder::refuse(
        b.feature().sequence
            ? "a sequence has a default always, and whether FG gives it where the mask keeps nothing is not known; "
              "write a "
              "sequence group with mask(...) by hand"
            : "where the mask keeps nothing, whether FG gives the default is not known; write default_value \"\"");
  int64_t most = kept(b);
  std::string values = b.textList(b.input(0), true).code;
  const Input& mask = b.input(1);
  Type type = b.columnType(mask);
  std::string keep;
  if (mask.isColumn() && type.isList() && !type.element().is(Kind::String)) {
    keep = type.element().is(Kind::Bool) ? b.reference(mask) : fmt::format("{} == 1", b.reference(mask));
  } else {
    std::string words = b.let("mask", b.textList(mask, true).code);
    keep = fmt::format("lower({0}) == \"true\" || float({0}) == 1", words);
    b.note(
        "a mask's word that is neither true, false nor a number: FG's answer is not known; here its value is dropped");
  }
  b.note("values and mask of unequal lengths: what FG gives is not known; here what has no mask is dropped");
  // Nothing between two separators has its place in the mask, and is not a value.
  std::string masked = b.let("masked", fmt::format("mask({}, {})", values, keep));
  std::string code = fmt::format("mask({0}, {0} != \"\")", masked);
  b.finish({Value::Of::Text, true, most == 1 ? fmt::format("head({}, 1)", code) : code});
}

void buildRegexReplace(FeatureBuilder& b) {
  if (b.inputs() != 1) FeatureBuilder::refuse("RegexReplace takes one input");
  if (b.has("regex_pattern") && b.has("regex_patten"))
    FeatureBuilder::refuse("its regex_pattern and its regex_patten mean the same; remove one of them");
  const Node* patterns = b.find("regex_pattern");
  if (patterns == nullptr) patterns = b.find("regex_patten");
  if (patterns == nullptr || patterns->each().empty()) FeatureBuilder::refuse("its regex_pattern is missing");
  std::string replacement = b.text("replacement");
  auto each = patterns->each();
  std::string pattern;
  for (const Node* one : each) {
    if (one->kind != Node::Kind::Text)
      FeatureBuilder::refuse("its regex_pattern holds a value that is not text", one->line);
    pattern += each.size() == 1 ? one->text : fmt::format("{}(?:{})", pattern.empty() ? "" : "|", one->text);
  }
  bool hasGroups = replacement.find('\\') != std::string::npos;
  if (each.size() > 1 && hasGroups)
    FeatureBuilder::refuse(
        "which of several patterns a group of its replacement belongs to is not known; write one "
        "pattern");
  if (b.flag("icase", false)) pattern = "(?i)" + pattern;

  const Input& input = b.input(0);
  std::string options = b.flag("replace_all", true) ? "" : ", all = false";
  auto replaced = [&](const std::string& code) {
    return fmt::format("regex_replace({}, {}, {}{})", code, literalText(pattern), literalText(replacement), options);
  };
  if (b.isFlat()) {
    needsOneValue(b);
    std::string part = b.let("elements", b.elements(input).code);
    return b.finish({Value::Of::Text, true,
                     fmt::format("({} == \"\" ? {} : {})", part, literalText(b.defaultText()), replaced(part))});
  }
  std::string absent = b.defaultText();
  if (!b.inGroup() && b.isOneText(input)) {
    // The text is not cut at the separator, unlike the elements of a sequence.
    std::string code = replaced(b.oneText(input));
    if (b.bucketizer() == 0)
      // As one text, so that what reads it cuts it.
      return b.finish({.of = Value::Of::Text,
                       .code = fmt::format("({} ? {} : {})", b.isEmpty(input), literalText(absent),
                                           b.mayBeMissing(input) ? "(" + code + " ?? \"\")" : code),
                       .isPresent = true});
    std::string otherwise = absent.empty() ? "[]" : "[" + literalText(absent) + "]";
    return b.finish({Value::Of::Text, true,
                     fmt::format("({} ? {} : [{}])", b.isEmpty(input), otherwise,
                                 b.mayBeMissing(input) ? code + " ?? \"\"" : code)});
  }
  Value value = b.texts(input);
  if (b.integer("value_dim", 1) == 1) value = b.firstOf(value);
  value.code = replaced(value.code);
  b.finish(b.withDefault(value));
}

}  // namespace featc::fg
