// SPDX-License-Identifier: Apache-2.0
// raw_feature: one number, or a vector of as many as value_dim says.
#include <fmt/format.h>

#include <algorithm>

#include "fg/text.h"
#include "fg/types.h"

namespace featc::fg {
namespace {

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

// One text is normalized in float64; texts of a list are numbers of float32 before, but where they are bucketized.
Width widthOf(const FeatureBuilder& b, const Input& input) {
  if (!b.holdsText(input)) return Width::Float32;
  bool isList = b.columnType(input).isList() || (input.isFeature() && !b.isOneText(input));
  return isList && b.bucketizer() == 0 ? Width::Float32 : Width::Float64;
}

// The default of a vector, of as many numbers.
std::vector<double> vectorDefault(FeatureBuilder& b, int64_t width) {
  std::vector<double> absent = cutNumbers(b, b.defaultText());
  if (absent.size() == 1) {
    absent.resize(static_cast<size_t>(width), absent[0]);
    if (!b.feature().sequence)
      b.note(fmt::format(
          "a row without a value: its default_value is one number and value_dim says {}; in sequences FG repeats it, "
          "elsewhere its answer is not known; here it is repeated",
          width));
  }
  if (!absent.empty() && absent.size() != static_cast<size_t>(width))
    FeatureBuilder::refuse(
        fmt::format("its default_value has {} numbers, not the {} of value_dim; write them all, with "
                    "\"\\u001d\" between them, or one for all",
                    absent.size(), width));
  if (absent.empty() && b.bucketizer() == 0)
    FeatureBuilder::refuse("what FG emits where its input is empty is not known; write default_value");
  return absent;
}

void buildVector(FeatureBuilder& b, int64_t width) {
  const Input& input = b.input(0);
  if (b.isFlat()) FeatureBuilder::needsGroup("a sequence of vectors is a sequence group");
  std::vector<double> absent = vectorDefault(b, width);
  Type column = b.columnType(input);
  std::string code;
  if (b.isFeatureOfText(input) && !b.isOneText(input))
    // Texts of another feature, as those that a lookup finds.
    code = fmt::format("float(tokenize(join({}, \"\\x1d\"), {}))", b.reference(input), literalText(b.separators()));
  else if (b.holdsText(input))
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
  if (b.holdsText(input)) b.assumeNumbersInText();
  b.noteCount("numbers", "zeros are");
  std::string found = b.let("numbers", column.nullable() && !isTextual(column) ? code + " ?? []" : code);
  code = b.normalized(found, widthOf(b, input));
  if (!absent.empty()) {
    std::string list;
    for (double x : absent) list += (list.empty() ? "" : ", ") + numberText(x);
    code = fmt::format("(len({}) == 0 ? [{}] : float({}))", found, list, code);
  }
  // Of what is malformed or missing within a vector there is no id.
  b.finish({Value::Of::Number, true, code, b.bucketizer() != 0 ? std::nullopt : std::optional<double>(0)}, width);
}

// A sequence with one number an element.
void buildFlat(FeatureBuilder& b) {
  const Input& input = b.input(0);
  std::optional<double> absent = b.defaultNumber();
  Type column = b.columnType(input);
  if (input.isFeature() || (column.isList() && column.element().isList()))
    FeatureBuilder::needsGroup("lists of lists, and sequences of a feature, are a sequence group");
  if (!input.isColumn() || isTextual(column)) {
    std::string elements = b.let("elements", b.elements(input, true).code);
    b.assumeNumbersInText();
    std::string number = b.normalized("float(" + elements + ")", widthOf(b, input));
    return b.finish({Value::Of::Number, true,
                     fmt::format("({} == \"\" ? {} : {})", elements, float32Text(*absent), number), std::nullopt});
  }
  if (!column.isList()) FeatureBuilder::refuse("its column is not a sequence; declare it string? or list<float64>?");
  std::string code = b.numbers(input).code;
  if (column.nullable()) code += " ?? []";
  if (b.feature().length > 0) code = fmt::format("head({}, {})", code, b.feature().length);
  std::string numbers = b.let("numbers", code);
  code = fmt::format("(len({}) == 0 ? [{}] : float({}))", numbers, float32Text(*absent), b.normalized(numbers));
  b.finish({Value::Of::Number, true, code, absent});
}

// The first of a list, which FG takes for the one number that it expects.
std::string firstOfList(FeatureBuilder& b, const Input& input, const std::string& list, Type column) {
  b.note(
      fmt::format("a list of other than one number in \"{}:{}\": FG refuses it or its answer is not known; here the "
                  "first one counts (write value_dim for all)",
                  input.side, input.name));
  return fmt::format(fmt::runtime(column.nullable() ? "({} ?? [])[0]" : "({})[0]"), list);
}

// What has a text: a number that FG has not computed with.
std::string exactNumber(const FeatureBuilder& b, const std::string& number, std::optional<double> absent) {
  if (b.has("normalizer")) return "";
  return absent ? fmt::format("({} ?? {})", number, float32Text(*absent)) : number;
}

void checkWhole(FeatureBuilder& b) {
  std::string type = b.valueType();
  if (type != "int32" && type != "int64") return;
  Type column = b.columnType(b.input(0));
  if (b.has("normalizer"))
    FeatureBuilder::refuse(
        fmt::format("what value_type {} makes of a normalized number is not known; write float", b.text("value_type")),
        b.find("value_type")->line);
  if (!(column.isList() ? column.element() : column).is(Kind::Int64))
    b.note(
        fmt::format("value_type {}: whether FG cuts 2.5 to 2 is not known; here it stays 2.5", b.text("value_type")));
}

}  // namespace

void buildRaw(FeatureBuilder& b) {
  checkWhole(b);
  int64_t width = b.integer("value_dim", 1);
  if (width == 0) FeatureBuilder::refuse("a raw_feature of any number of values cannot be emitted; write value_dim");
  if (width > 1) return buildVector(b, width);
  if (b.isFlat()) return buildFlat(b);
  const Input& input = b.input(0);
  std::optional<double> absent = b.defaultNumber();
  Type column = b.columnType(input);
  bool bucketizes = b.bucketizer() != 0;
  if (isTextual(column)) {
    b.assumeNumbersInText();
    std::string code = b.reference(input);
    if (column.isList()) code = firstOfList(b, input, code, column);
    code = b.normalized("float(" + code + ")", widthOf(b, input));
    // Where the text is malformed there is no id, not the default's.
    if (absent && bucketizes) code = fmt::format("({} ? {} : {})", b.isEmpty(input), float32Text(*absent), code);
    return b.finish({.of = Value::Of::Number,
                     .code = code,
                     .fallback = bucketizes ? std::nullopt : absent,
                     .isPresent = absent.has_value(),
                     .exact = exactNumber(b, code, absent)});
  }
  if (column.isList()) {
    std::string first = firstOfList(b, input, b.numbers(input).code, column);
    return b.finish({.of = Value::Of::Number,
                     .code = b.normalized(first),
                     .fallback = absent,
                     .isPresent = absent.has_value(),
                     .exact = exactNumber(b, first, absent)});
  }
  if (!absent && input.isColumn()) {
    if (b.has("normalizer") && !bucketizes)
      FeatureBuilder::refuse(
          "whether FG normalizes the 0 that stands for an empty number without a default is known with boundaries "
          "only; write default_value");
    // An empty number without a default is binned as 0, which is not normalized.
    absent = 0;
  }
  Value number = b.numbers(input);
  if (b.isFeatureOfText(input)) b.assumeNumbersInText();
  if (number.list)
    FeatureBuilder::refuse(
        fmt::format("\"{}:{}\" has several values, and a raw_feature of value_dim 1 takes one; write value_dim",
                    input.side, input.name),
        input.line);
  b.finish({.of = Value::Of::Number,
            .code = b.normalized(number.code, widthOf(b, input)),
            .fallback = absent,
            .isPresent = absent.has_value(),
            .exact = input.isColumn() ? exactNumber(b, number.code, absent) : ""});
}

}  // namespace featc::fg
