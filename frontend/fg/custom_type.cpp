// SPDX-License-Identifier: Apache-2.0
// custom_feature: the operators that FG ships.
#include <fmt/format.h>

#include "frontend/fg/types.h"

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
    std::string parts[2];
    for (size_t i = 0; i < 2; ++i) {
      Value value = b.elements(b.input(i));
      parts[i] = b.let(i == 0 ? "left" : "right", value.list ? value.code : fmt::format("{} ?? \"\"", value.code));
    }
    return b.finish({Value::Of::Number, true,
                     fmt::format("({0} == \"\" || {1} == \"\" ? {2} : {3})", parts[0], parts[1], *absent,
                                 distance(parts[0], parts[1])),
                     absent});
  }
  for (size_t i = 0; i < 2; ++i)
    if (!b.input(i).isColumn() || !b.columnType(b.input(i)).is(Kind::String))
      FeatureBuilder::refuse("EditDistance is carried over for columns of one text; declare them string?",
                             b.input(i).line);
  b.finish({Value::Of::Number, false,
            fmt::format("({} || {} ? {} : {})", b.isEmpty(b.input(0)), b.isEmpty(b.input(1)), *absent,
                        distance(b.reference(b.input(0)), b.reference(b.input(1)))),
            absent});
}

}  // namespace

void buildCustom(FeatureBuilder& b) {
  std::string name = b.text("operator_name");
  if (name == "EditDistance") return buildEditDistance(b);
  if (name == "RegexReplace") return buildRegexReplace(b);
  if (name == "SeqExpr")
    FeatureBuilder::refuse(
        "SeqExpr cannot be carried over (the radius of its spherical_distance is not known, its vectors "
        "cannot be emitted); write an expr_feature, or haversine and arithmetic by hand");
  FeatureBuilder::refuse(
      fmt::format("the operator \"{}\" is none that FG ships (EditDistance, RegexReplace); compute it "
                  "before and import a raw_feature or id_feature over the result",
                  name));
}

}  // namespace featc::fg
