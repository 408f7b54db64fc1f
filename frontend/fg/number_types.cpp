// SPDX-License-Identifier: Apache-2.0
// Features of numbers: raw, combine, expr and overlap.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "frontend/fg/expression.h"
#include "frontend/fg/text.h"
#include "frontend/fg/types.h"

namespace featc::fg {
namespace {

bool isText(Type type) { return type.is(Kind::String) || (type.isList() && type.element().is(Kind::String)); }

// What is read as numbers and may be none.
bool holdsText(const FeatureBuilder& b, const Input& input) {
  return isText(b.columnType(input)) || b.isFeatureOfText(input);
}

constexpr std::string_view kMalformed =
    "text that is no number as JSON writes it (.5, +1 and 5. are none), or holds several where one is due: FG's answer "
    "is not known; here it is missing, which is the default, 0 within a vector and no id of a raw_feature (declare the "
    "column float64? in --schema, and such a row is refused)";

// The numbers of a text that is cut at `separators`.
std::vector<double> cutNumbers(const FeatureBuilder& b, std::string_view text) {
  std::vector<double> out;
  std::string separators = b.separators();
  while (!text.empty()) {
    size_t end = std::min(text.find_first_of(separators), text.size());
    out.push_back(FeatureBuilder::float32Of("default_value", std::string(text.substr(0, end))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void buildVector(FeatureBuilder& b, int64_t width) {
  const Input& input = b.input(0);
  if (b.isFlat()) FeatureBuilder::needsGroup("a sequence of vectors is a sequence group");
  std::vector<double> absent = cutNumbers(b, b.defaultText());
  // In sequences one number stands for all of an element's.
  if (b.inGroup() && absent.size() == 1) absent.resize(static_cast<size_t>(width), absent[0]);
  if (!absent.empty() && absent.size() != static_cast<size_t>(width))
    FeatureBuilder::refuse(
        fmt::format("its default_value has {} numbers, not the {} of value_dim; write them all, with "
                    "\"\\u001d\" between them",
                    absent.size(), width));
  if (absent.empty() && b.bucketizer() == 0)
    FeatureBuilder::refuse("what FG emits where its input is empty is not known; write default_value");
  Type column = b.columnType(input);
  std::string code;
  if (b.isFeatureOfText(input) && !b.isOneText(input))
    // Texts of another feature, as those that a lookup finds.
    code = fmt::format("float(tokenize(join({}, \"\\x1d\"), {}))", b.reference(input), literalText(b.separators()));
  else if (holdsText(b, input))
    code = fmt::format("float({})", b.texts(input).code);
  else if (Value numbers = b.numbers(input); numbers.list)
    code = numbers.code;
  else
    FeatureBuilder::refuse(
        fmt::format(
            "\"{}:{}\" is one number, and not the {} of value_dim; write value_dim 1, or declare the column as what "
            "holds them all, string? or a list",
            input.side, input.name, width),
        input.line);
  if (holdsText(b, input)) b.assume(std::string(kMalformed));
  b.noteCount("numbers", "zeros are");
  std::string found = b.let("numbers", column.nullable() && !isText(column) ? code + " ?? []" : code);
  code = b.normalized(found);
  if (!absent.empty()) {
    std::string list;
    for (double x : absent) list += (list.empty() ? "" : ", ") + numberText(x);
    code = fmt::format("(len({}) == 0 ? [{}] : float({}))", found, list, code);
  }
  // Of what is malformed or missing within a vector there is no id.
  b.finish({Value::Of::Number, true, code, b.bucketizer() != 0 ? std::nullopt : std::optional<double>(0)}, width);
}

}  // namespace

void buildRaw(FeatureBuilder& b) {
  int64_t width = b.integer("value_dim", 1);
  if (width == 0) FeatureBuilder::refuse("a raw_feature of any number of values cannot be emitted; write value_dim");
  if (width > 1) return buildVector(b, width);
  const Input& input = b.input(0);
  std::optional<double> absent = b.defaultNumber();
  if (b.isFlat()) {
    Type column = b.columnType(input);
    if (input.isFeature() || (column.isList() && column.element().isList()))
      FeatureBuilder::needsGroup("lists of lists, and sequences of a feature, are a sequence group");
    if (!input.isColumn() || isText(column)) {
      std::string elements = b.let("elements", b.elements(input, true).code);
      b.assume(std::string(kMalformed));
      std::string number = b.normalized("float(" + elements + ")");
      return b.finish({Value::Of::Number, true,
                       fmt::format("({} == \"\" ? {} : {})", elements, float32Text(*absent), number), std::nullopt});
    }
    if (!column.isList()) FeatureBuilder::refuse("its column is no sequence; declare it string? or list<float64>?");
    std::string code = b.numbers(input).code;
    if (column.nullable()) code += " ?? []";
    if (b.feature().length > 0) code = fmt::format("head({}, {})", code, b.feature().length);
    std::string numbers = b.let("numbers", code);
    code = fmt::format("(len({}) == 0 ? [{}] : float({}))", numbers, float32Text(*absent), b.normalized(numbers));
    return b.finish({Value::Of::Number, true, code, absent});
  }
  Type column = b.columnType(input);
  if (column.isList() && !isText(column))
    FeatureBuilder::refuse(
        "its column is a list, and which count of numbers FG takes is one; write value_dim or declare "
        "the column float64?");
  if (isText(column)) {
    b.assume(std::string(kMalformed));
    if (column.isList()) FeatureBuilder::refuse("its column is a list of texts; declare it string? or float64?");
    std::string code = b.normalized(b.numbers(input).code);
    // Where the text is malformed there is no id, not the default's.
    if (absent && b.bucketizer() != 0)
      code = fmt::format("({} ? {} : {})", b.isEmpty(input), float32Text(*absent), code);
    return b.finish({Value::Of::Number, false, code, b.bucketizer() != 0 ? std::nullopt : absent});
  }
  if (!absent && input.isColumn()) {
    if (b.has("normalizer"))
      FeatureBuilder::refuse(
          "whether FG normalizes the 0 that stands for an empty number without a default is not "
          "known; write default_value");
    absent = 0;
  }
  Value number = b.numbers(input);
  if (b.isFeatureOfText(input)) b.assume(std::string(kMalformed));
  if (number.list)
    FeatureBuilder::refuse(
        fmt::format("\"{}:{}\" has several values, and a raw_feature of value_dim 1 takes one; write value_dim",
                    input.side, input.name),
        input.line);
  b.finish({Value::Of::Number, false, b.normalized(number.code), absent});
}

void buildCombine(FeatureBuilder& b) {
  const Input& input = b.input(0);
  std::optional<double> absent = b.defaultNumber();
  if (!absent)
    FeatureBuilder::refuse("what FG makes of an empty input without a default is not known; write default_value");
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
        "the default stands");
  } else if ((input.isColumn() || input.isFeature()) && !holdsText(b, input)) {
    Value numbers = b.numbers(input);
    list = numbers.list;
    values = numbers.code;
  } else {
    Value words = b.texts(input);
    list = words.list;
    values = fmt::format("float({})", words.code);
    b.assume(std::string(kMalformed));
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
  if (isSum) code = fmt::format("(count({}) == 0 ? {} : {})", values, numberText(*absent), code);
  b.finish({Value::Of::Number, false, code, absent});
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
      if (b.isFlat() && input.sequence && (!column.isList() || isText(column))) {
        Value elements = b.elements(input, true);
        return Variable{fmt::format("float({})", elements.code), true};
      }
      if (asVector && (isText(column) || (b.isFeatureOfText(input) && b.isOneText(input)))) {
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
      if (holdsText(b, input)) strings.insert(name);
      return Variable{value.code, value.list};
    }
    return std::nullopt;
  };
  const Node* expression = b.find(key);
  if (expression == nullptr) FeatureBuilder::refuse(fmt::format("its \"{}\" is missing", key));
  Translation made = translateExpression(b.text(key), find);
  if (!made.error.empty()) FeatureBuilder::refuse(made.error, expression->line);
  if (!strings.empty()) b.assume(std::string(kMalformed));
  b.assumeExact();
  if (made.mayDivide)
    b.note(
        "where the result is not finite (a division by 0, a logarithm of 0) FG's answer is not known; here it is "
        "missing and the default stands");
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
          "an expression of several parts without a default is not carried over; write default_value");
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
    FeatureBuilder::refuse(
        fmt::format("its method \"{}\" cannot be carried over; there are query_common_ratio, "
                    "title_common_ratio, is_contain, is_equal, index_of, proximity_min_cover, "
                    "proximity_min_dist, proximity_max_dist, proximity_avg_dist",
                    method));
  if (method == "query_common_ratio" || method == "title_common_ratio")
    b.note("repeated terms: how FG counts them is not known; docs/operators.md says how they count here");
  if (method == "is_contain")
    b.note("other terms between those of the query: whether FG allows them is not known; here they may stand");
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
