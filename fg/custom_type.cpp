// SPDX-License-Identifier: Apache-2.0
// custom_feature: the operators that FG ships.
#include <fmt/format.h>

#include "fg/types.h"

namespace featc::fg {
namespace {

void buildEditDistance(FeatureBuilder& b) {
  if (b.inputs() != 2) FeatureBuilder::refuse("EditDistance needs two inputs");
  std::string encoding = b.text("encoding", "latin");
  if (encoding != "latin" && encoding != "utf-8")
    FeatureBuilder::refuse(fmt::format("its encoding \"{}\" is neither latin nor utf-8", encoding));
  std::optional<double> absent = b.defaultNumber();
  if (!absent)
    FeatureBuilder::refuse("what FG gives for an empty text without a default is not known; write default_value");
  std::string unit = encoding == "latin" ? ", unit = \"bytes\"" : "";
  auto distance = [&](const std::string& x, const std::string& y) {
    return b.normalized(fmt::format("float(edit_distance({}, {}{}))", x, y, unit));
  };
  if (b.feature().sequence) {
    // The first text of each element.
    std::string parts[2];
    for (size_t i = 0; i < 2; ++i) {
      const Input& input = b.input(i);
      Type column = b.columnType(input);
      if (b.isFlat() && (input.isFeature() || (column.isList() && column.element().isList())))
        FeatureBuilder::needsGroup("a sequence of lists, or beside a feature, is a sequence group");
      Value value = b.isFlat() ? b.elements(input) : b.firstOf(b.texts(input));
      parts[i] = b.let(i == 0 ? "left" : "right", value.list ? value.code : fmt::format("{} ?? \"\"", value.code));
    }
    return b.finish({Value::Of::Number, b.isFlat(),
                     fmt::format("({0} == \"\" || {1} == \"\" ? {2} : {3})", parts[0], parts[1], *absent,
                                 distance(parts[0], parts[1])),
                     absent});
  }
  for (size_t i = 0; i < 2; ++i)
    if (const Input& input = b.input(i); !b.isOneText(input)) {
      // Of a number that says more.
      if (input.isFeature() && b.texts(input).list)
        FeatureBuilder::refuse(
            fmt::format("EditDistance can be imported for one text on each side, and the feature \"{}\" has several; "
                        "read one of one text, such as a regex_replace_feature over a column of text",
                        input.name),
            input.line);
      FeatureBuilder::refuse("EditDistance can be imported for columns of one text; declare them string?", input.line);
    }
  b.finish({Value::Of::Number, false,
            fmt::format("({} || {} ? {} : {})", b.isEmpty(b.input(0)), b.isEmpty(b.input(1)), *absent,
                        distance(b.oneText(b.input(0)), b.oneText(b.input(1)))),
            absent});
}

// Arithmetic over the inputs' names.
void buildSeqExpr(FeatureBuilder& b) {
  if (!b.feature().sequence)
    FeatureBuilder::refuse(
        "SeqExpr can be imported for sequences only; write sequence_custom_feature, or an expr_feature");
  if (b.text("formula") == "spherical_distance")
    FeatureBuilder::refuse(
        "the radius of SeqExpr's spherical_distance is not known; write a sequence group with haversine(lat1, lng1, "
        "lat2, "
        "lng2) by hand");
  b.note("the grammar of SeqExpr's formulas is taken to be that of expr_feature; FG's public tests show a subtraction");
  buildExpression(b, "formula");
}

}  // namespace

void buildCustom(FeatureBuilder& b) {
  std::string name = b.text("operator_name");
  std::string type = b.valueType();
  bool givesText = name == "RegexReplace";
  if (givesText ? type == "float" || type == "double" : type == "string")
    FeatureBuilder::refuse(fmt::format("what value_type {} makes of {} is not known; write {}", type, name,
                                       givesText ? "string" : "float, and boundaries where it has ids"));
  if (name == "EditDistance") return buildEditDistance(b);
  if (name == "RegexReplace") return buildRegexReplace(b);
  if (name == "SeqExpr") return buildSeqExpr(b);
  FeatureBuilder::refuse(
      fmt::format("the operator \"{}\" is not one that FG ships (EditDistance, RegexReplace, SeqExpr); compute it "
                  "before and import a raw_feature or id_feature over the result",
                  name));
}

}  // namespace featc::fg
