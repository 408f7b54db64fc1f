// SPDX-License-Identifier: Apache-2.0
// Features of numbers: combine, expr and overlap.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fg/expression.h"
#include "fg/text.h"
#include "fg/types.h"

namespace featc::fg {

void buildCombine(FeatureBuilder& b) {
  const Input& input = b.input(0);
  std::optional<double> absent = b.defaultNumber();
  if (!absent)
    b.note(fmt::format("a row without a value and without a default_value: FG's answer is not known; here {}",
                       b.bucketizer() != 0 ? "it has no id" : "it is 0"));
  std::string combiner = b.text("combiner", "sum");
  if (combiner == "mean") combiner = "avg";
  if (combiner != "sum" && combiner != "avg" && combiner != "min" && combiner != "max")
    FeatureBuilder::refuse(
        fmt::format("what the combiner \"{}\" gives is not known exactly; write sum, mean, min or max, "
                    "or the feature by hand",
                    combiner));
  std::string values;
  bool list = true;
  if (const Node* map = b.find("value_map")) {
    std::string entries;
    for (const auto& [word, number] : map->fields) {
      double value =
          FeatureBuilder::float32Of(fmt::format("value of \"{}\" in value_map", word), number.text, number.line);
      entries += fmt::format("{}{}: {}", entries.empty() ? "" : ", ", literalText(word), floatText(value));
    }
    if (entries.empty()) FeatureBuilder::refuse("its value_map is empty", map->line);
    Value words = b.texts(input);
    list = words.list;
    values = fmt::format("value_map({}, {{{}}})", words.code, entries);
    b.note(
        "a word that is not in value_map: FG's answer is not known; here it is left out, and where no other is left "
        "the default is used");
  } else if ((input.isColumn() || input.isFeature()) && !b.holdsText(input)) {
    Value numbers = b.numbers(input);
    list = numbers.list;
    values = numbers.code;
  } else {
    Value words = b.texts(input);
    list = words.list;
    values = fmt::format("float({})", words.code);
    b.assumeNumbersInText();
  }
  values = fmt::format("float32({})", values);
  std::string code = values;
  bool isSum = list && combiner == "sum";
  if (list) {
    if (isSum) values = b.let("values", values);
    code = fmt::format("{}({})", combiner, values);
    if (b.has("normalizer"))
      b.note("several values with a normalizer: whether FG normalizes before it combines is not known; here after");
  }
  code = b.normalized(code);
  // Of nothing sum is 0; that is not what FG gives for an empty input.
  if (isSum)
    code = fmt::format("(count({}) == 0 ? {} : {})", values, absent ? numberText(*absent) : "float(\"\")", code);
  b.finish({Value::Of::Number, false, code, absent || b.bucketizer() != 0 ? absent : 0.0});
}

void buildExpr(FeatureBuilder& b) { buildExpression(b, "expression"); }

void buildExpression(FeatureBuilder& b, std::string_view key) {
  std::optional<double> absent = b.defaultNumber();
  if (b.flag("fill_missing", false))
    FeatureBuilder::refuse("what fill_missing puts in is not known; write the feature by hand");
  for (size_t i = 0; i < b.inputs(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (b.ownName(b.input(i)) == b.ownName(b.input(j)) &&
          (b.input(i).side != b.input(j).side || b.input(i).name != b.input(j).name))
        FeatureBuilder::refuse(
            fmt::format(
                "two of its variables are named {}, and which one its expression means is not known; give one of the "
                "columns another name",
                b.ownName(b.input(i))),
            b.input(i).line);
  std::set<std::string> emptyChecks;
  // Of what stands beside a sequence: one value for all elements.
  std::set<std::string> besideChecks;
  std::set<std::string> strings;
  std::set<size_t> used;
  auto find = [&](const std::string& name, bool asVector) -> std::optional<Variable> {
    for (size_t i = 0; i < b.inputs(); ++i) {
      const Input& input = b.input(i);
      if (input.name != name && b.ownName(input) != name) continue;
      used.insert(i);
      Type column = b.columnType(input);
      if (b.isFlat() && (input.isFeature() || (column.isList() && column.element().isList())))
        FeatureBuilder::needsGroup("a sequence of lists, or beside a feature, is a sequence group", input.line);
      if (b.isFlat() && input.sequence && (!column.isList() || isTextual(column))) {
        Value elements = b.elements(input, true);
        return Variable{fmt::format("float({})", elements.code), true};
      }
      if (asVector && (isTextual(column) || (b.isFeatureOfText(input) && b.isOneText(input)))) {
        emptyChecks.insert(b.isEmpty(input));
        return Variable{fmt::format("float({})", b.texts(input).code), true};
      }
      Value value = b.numbers(input);
      if (value.list) emptyChecks.insert(b.isEmpty(input));
      if (b.isFlat() && !input.sequence) {
        if (value.list) FeatureBuilder::needsGroup("a list beside a sequence is a sequence group", input.line);
        besideChecks.insert(b.isEmpty(input));
        value.code = fmt::format("({} ?? 0)", value.code);
      }
      if (b.holdsText(input)) strings.insert(name);
      return Variable{value.code, value.list};
    }
    return std::nullopt;
  };
  const Node* expression = b.find(key);
  if (expression == nullptr) FeatureBuilder::refuse(fmt::format("its \"{}\" is missing", key));
  Translation made = translateExpression(b.text(key), find);
  if (!made.error.empty()) FeatureBuilder::refuse(made.error, expression->line);
  if (!strings.empty()) b.assumeNumbersInText();
  b.assumeExact();
  if (made.mayDivide)
    b.note(
        "where the result is not finite (a division by 0, a logarithm of 0) FG's answer is not known; here it is "
        "missing and the default is used");
  // A variable that is missing makes the result the default even where it is not needed.
  for (size_t i = 0; i < b.inputs(); ++i) {
    const Input& input = b.input(i);
    if (input.side == "const") continue;
    if (!made.mayIgnore && used.count(i) != 0) continue;
    if (b.isFlat())
      FeatureBuilder::needsGroup("a variable that may be missing where the expression does not need it", input.line);
    emptyChecks.insert(b.isEmpty(input));
  }
  std::string type = b.valueType();
  std::string code = made.code;
  if (type == "int32" || type == "int64") code = fmt::format("trunc({})", code);
  int64_t width = b.integer("value_dim", 0);
  bool hasSeveral = made.isList && !b.isFlat();
  if (!hasSeveral && width > 1)
    FeatureBuilder::refuse(
        fmt::format("its expression has one result, not the {} of value_dim; write value_dim 1", width));
  if (hasSeveral) {
    b.note("vectors of unequal lengths: FG's answer is not known; here there is nothing past the shorter");
    if (b.bucketizer() != 0 && width == 1)
      FeatureBuilder::refuse("which of its results value_dim 1 keeps is not known; write value_dim 0, which keeps all");
    if (width > 0) b.noteCount("results", "the default is");
  }
  auto any = [](const std::set<std::string>& checks) {
    std::string text;
    for (const std::string& check : checks) text += (text.empty() ? "" : " || ") + check;
    return text;
  };
  if (!besideChecks.empty())
    code = fmt::format("(({}) ? {} : float({}))", any(besideChecks), float32Text(*absent), code);
  if (made.isList && !emptyChecks.empty()) {
    std::string list;
    if (absent)
      for (int64_t i = 0; i < std::max<int64_t>(b.bucketizer() != 0 ? 1 : width, 1); ++i)
        list += (list.empty() ? "" : ", ") + float32Text(*absent);
    code = fmt::format("(({}) ? [{}] : float({}))", any(emptyChecks), list, code);
  } else if (!emptyChecks.empty()) {
    if (!absent)
      FeatureBuilder::refuse(
          "an expression of several parts without a default cannot be imported; write default_value");
    code = fmt::format("(({}) ? {} : float({}))", any(emptyChecks), float32Text(*absent), code);
  }
  b.finish({Value::Of::Number, made.isList, code, absent}, width);
}

void buildOverlap(FeatureBuilder& b) {
  constexpr std::string_view kMethods[] = {"query_common_ratio", "title_common_ratio", "is_contain",
                                           "is_equal",           "index_of",           "proximity_min_cover",
                                           "proximity_min_dist", "proximity_max_dist", "proximity_avg_dist"};
  std::string method = b.text("method");
  if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods))
    FeatureBuilder::refuse(fmt::format(
        "its method \"{}\" cannot be imported; there are query_common_ratio, title_common_ratio, is_contain, is_equal, "
        "index_of, proximity_min_cover, proximity_min_dist, proximity_max_dist, proximity_avg_dist",
        method));
  if (method == "query_common_ratio" || method == "title_common_ratio")
    b.note("repeated terms: how FG counts them is not known; docs/operators.md says how they count here");
  if (method == "is_contain")
    b.note("other terms between those of the query: whether FG allows them is not known; here they are allowed");
  std::string query = b.textList(b.input(0)).code;
  std::string title = b.textList(b.input(1)).code;
  std::string code = fmt::format("float({}({}, {}))", method == "index_of" ? "token_index" : method, query, title);
  if (b.has("normalizer")) {
    b.note("an empty side: FG gives 0.0, and whether it normalizes that is not known; here it does not");
    code = fmt::format("(({}) || ({}) ? 0.0 : {})", b.isEmpty(b.input(0)), b.isEmpty(b.input(1)), b.normalized(code));
  }
  b.finish({Value::Of::Number, false, code, 0.0});
}

}  // namespace featc::fg
