// SPDX-License-Identifier: Apache-2.0
// FG's arithmetic expressions (expr_feature, the normalizer `expression`) in featc's words.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace featc::fg {

// What stands for a variable, as a number or, within a function of vectors, as a list of numbers.
struct Variable {
  std::string code;  // binds as tightly as a name or a call
  bool isList = false;
};
using FindVariable = std::function<std::optional<Variable>(const std::string& name, bool asVector)>;

struct Translation {
  std::string code;
  bool isList = false;
  bool mayDivide = false;  // by zero, or leave a function's domain
  bool mayIgnore = false;  // a variable that is missing, as `a || b` does
  std::string error;       // what cannot be said; the code is then worthless
};

Translation translateExpression(std::string_view text, const FindVariable& find);

}  // namespace featc::fg
