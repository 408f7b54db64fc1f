// SPDX-License-Identifier: Apache-2.0
// Reads FG's expressions by its precedences and writes them by featc's.
#include "fg/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "fg/node.h"
#include "fg/text.h"

namespace featc::fg {
namespace {

// How tightly code binds, as in docs/language.md.
enum Level { kChoice, kOr, kAnd, kEqual, kCompare, kSum, kProduct, kSign, kPostfix };

struct Term {
  std::string code;
  Level level = kPostfix;
  bool isBool = false;
  bool isList = false;
};

enum class Shape {
  Each,     // of one number, element by element
  Several,  // of two or more numbers
  Vector,   // of one vector, to one number
  Vectors,  // of two vectors, to one number
};
struct Function {
  std::string_view name;
  Shape shape;
  std::string_view code;  // `std({}, ddof = 1)`; without braces: a name
  bool mayFail = false;
};
constexpr Function kFunctions[] = {
    {"sin", Shape::Each, "sin"},
    {"cos", Shape::Each, "cos"},
    {"tan", Shape::Each, "tan"},
    {"asin", Shape::Each, "asin", true},
    {"acos", Shape::Each, "acos", true},
    {"atan", Shape::Each, "atan"},
    {"sinh", Shape::Each, "sinh"},
    {"cosh", Shape::Each, "cosh"},
    {"tanh", Shape::Each, "tanh"},
    {"asinh", Shape::Each, "asinh"},
    {"acosh", Shape::Each, "acosh", true},
    {"atanh", Shape::Each, "atanh", true},
    {"log2", Shape::Each, "log2", true},
    {"log10", Shape::Each, "log10", true},
    {"log", Shape::Each, "log", true},
    {"ln", Shape::Each, "log", true},
    {"exp", Shape::Each, "exp"},
    {"sqrt", Shape::Each, "sqrt", true},
    {"sign", Shape::Each, "sign"},
    {"abs", Shape::Each, "abs"},
    {"floor", Shape::Each, "floor"},
    {"ceil", Shape::Each, "ceil"},
    {"trunc", Shape::Each, "trunc"},
    {"round", Shape::Each, "round"},
    {"sigmoid", Shape::Each, "sigmoid"},
    {"min", Shape::Several, "min"},
    {"max", Shape::Several, "max"},
    {"sum", Shape::Several, "sum"},
    {"avg", Shape::Several, "avg"},
    {"len", Shape::Vector, "float(len({}))"},
    {"squared_norm", Shape::Vector, "squared_norm"},
    {"std_dev", Shape::Vector, "std"},
    {"variance", Shape::Vector, "variance"},
    {"pop_std_dev", Shape::Vector, "std({}, ddof = 1)", true},
    {"pop_variance", Shape::Vector, "variance({}, ddof = 1)", true},
    {"reduce_min", Shape::Vector, "min"},
    {"reduce_max", Shape::Vector, "max"},
    {"reduce_sum", Shape::Vector, "sum"},
    {"reduce_mean", Shape::Vector, "avg"},
    {"reduce_prod", Shape::Vector, "prod"},
    {"dot", Shape::Vectors, "dot"},
    {"euclid_dist", Shape::Vectors, "euclid_dist"},
    {"corr", Shape::Vectors, "corr", true},
};
// What FG has and an import cannot carry over, and why.
struct RefusedFunction {
  std::string_view name;
  std::string_view why;
};
constexpr RefusedFunction kRefused[] = {
    {"rnd", "is random"},
    {"rint", "is not known for halves such as 2.5; write round(x), which takes them away from 0"},
    {"roundp", "is not known for halves; write round(x * 100) / 100 for two digits"},
    {"mod", "is not known below 0; write x - y * floor(x / y), which has the sign of y"},
    {"isnan", "depends on what FG makes of NaN, which is not known; write is_missing by hand"},
    {"l2_norm", "is not known to be the norm or the unit vector; write l2_norm or normalize by hand"},
    {"sphere_dist", "has a radius that is not known; write haversine(lat1, lng1, lat2, lng2) by hand"},
    {"haversine", "has a radius that is not known; write haversine(lat1, lng1, lat2, lng2) by hand"},
};

struct ExpressionError {
  std::string why;
};

class Translator {
 public:
  Translator(std::string_view text, const FindVariable& find) : text_(text), find_(find) {}

  Translation run() {
    Translation out;
    try {
      Term term = choice();
      skipBlanks();
      if (at_ < text_.size())
        throw ExpressionError{fmt::format("\"{}\" is not expected in its expression", text_.substr(at_))};
      term = number(std::move(term));
      out.code = term.code;
      out.isList = term.isList;
      out.mayDivide = mayDivide_;
      out.mayIgnore = mayIgnore_;
    } catch (const ExpressionError& e) {
      out.error = e.why;
    }
    return out;
  }

 private:
  static constexpr int kMaxDepth = 100;

  // Whatever is not ASCII may stand in a column's name, which is asked for as a whole.
  static bool isOfName(char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_';
  }
  void skipBlanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool accept(std::string_view sign) {
    skipBlanks();
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }
  void expect(std::string_view sign) {
    if (!accept(sign)) throw ExpressionError{fmt::format("its expression lacks a \"{}\"", sign)};
  }

  static std::string inside(const Term& term, Level level) {
    return term.level >= level ? term.code : "(" + term.code + ")";
  }
  static Term number(Term term) {
    if (!term.isBool) return term;
    return {"float(" + term.code + ")", kPostfix, false, term.isList};
  }
  static Term truth(Term term) {
    if (term.isBool) return term;
    return {inside(term, kSum) + " != 0", kEqual, true, term.isList};
  }
  // Left to right; the right side of an equal level goes into brackets.
  static Term binary(const Term& left, std::string_view sign, const Term& right, Level level, bool isBool) {
    Level inner = static_cast<Level>(level + 1);
    bool chains = level == kSum || level == kProduct || level == kOr || level == kAnd;
    return {fmt::format("{} {} {}", inside(left, chains ? level : inner), sign, inside(right, inner)), level, isBool,
            left.isList || right.isList};
  }

  Term choice() {
    if (++depth_ > kMaxDepth) throw ExpressionError{"its expression is nested too deeply"};
    Term condition = either();
    if (accept("?")) {
      mayIgnore_ = true;
      Term yes = number(choice());
      expect(":");
      Term no = number(choice());
      condition = truth(condition);
      bool isList = condition.isList || yes.isList || no.isList;
      condition = {fmt::format("{} ? {} : {}", inside(condition, kOr), inside(yes, kOr), inside(no, kChoice)), kChoice,
                   false, isList};
    }
    --depth_;
    return condition;
  }
  Term either() {
    Term left = both();
    while (accept("||")) {
      mayIgnore_ = true;
      left = binary(truth(left), "||", truth(both()), kOr, true);
    }
    return left;
  }
  Term both() {
    Term left = comparison();
    while (accept("&&")) {
      mayIgnore_ = true;
      left = binary(truth(left), "&&", truth(comparison()), kAnd, true);
    }
    skipBlanks();
    if (at_ < text_.size() && (text_[at_] == '&' || (text_[at_] == '|' && text_.substr(at_, 2) != "||")))
      throw ExpressionError{fmt::format("what \"{}\" makes of numbers is not known; write && or ||", text_[at_])};
    return left;
  }
  Term comparison() {
    Term left = sum();
    for (;;) {
      std::string_view sign;
      for (std::string_view one : {"<=", ">=", "!=", "==", ">", "<"})
        if (sign.empty() && accept(one)) sign = one;
      if (sign.empty()) return left;
      Level level = sign == "==" || sign == "!=" ? kEqual : kCompare;
      left = binary(number(left), sign, number(sum()), level, true);
    }
  }
  Term sum() {
    Term left = product();
    for (;;) {
      if (accept("+"))
        left = binary(number(left), "+", number(product()), kSum, false);
      else if (accept("-"))
        left = binary(number(left), "-", number(product()), kSum, false);
      else
        return left;
    }
  }
  Term product() {
    Term left = power();
    for (;;) {
      if (accept("*")) {
        left = binary(number(left), "*", number(power()), kProduct, false);
      } else if (accept("/")) {
        mayDivide_ = true;
        left = binary(number(left), "/", number(power()), kProduct, false);
      } else {
        return left;
      }
    }
  }
  Term power() {
    skipBlanks();
    bool isSigned = at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+');
    Term base = unary();
    if (!accept("^")) return base;
    if (isSigned) throw ExpressionError{"whether \"-\" or \"^\" binds tighter is not known; write brackets"};
    skipBlanks();
    if (at_ < text_.size() && text_[at_] == '-')
      throw ExpressionError{"\"^ -\" is not known to be FG's; write brackets"};
    Term exponent = unary();
    if (accept("^")) throw ExpressionError{"which \"^\" of several comes first is not known; write brackets"};
    mayDivide_ = true;
    return {fmt::format("pow({}, {})", number(base).code, number(exponent).code), kPostfix, false,
            base.isList || exponent.isList};
  }
  Term unary() {
    if (accept("-")) {
      Term term = number(unary());
      return {"-" + inside(term, kPostfix), kSign, false, term.isList};
    }
    if (accept("+")) return number(unary());
    if (accept("!")) throw ExpressionError{"\"!\" is not known to be FG's; write == 0"};
    return primary();
  }
  Term primary() {
    if (accept("(")) {
      Term term = choice();
      expect(")");
      return {"(" + term.code + ")", kPostfix, term.isBool, term.isList};
    }
    skipBlanks();
    size_t begin = at_;
    if (at_ < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.'))
      return literal();
    while (at_ < text_.size() && isOfName(text_[at_])) ++at_;
    std::string name(text_.substr(begin, at_ - begin));
    if (name.empty())
      throw ExpressionError{at_ < text_.size() ? fmt::format("\"{}\" is not expected in its expression", text_[at_])
                                               : "its expression ends too early"};
    if (name == "_pi") return {"3.141592653589793"};
    if (name == "_e") return {"2.718281828459045"};
    if (accept("(")) return call(name);
    auto variable = find_(name, vector_);
    if (!variable)
      throw ExpressionError{fmt::format("its expression has \"{}\", which is not one of its variables", name)};
    return {variable->code, kPostfix, false, variable->isList};
  }
  Term literal() {
    size_t begin = at_;
    auto digits = [&] {
      while (at_ < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.'))
        ++at_;
    };
    digits();
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
      digits();
    }
    auto value = numberOf(text_.substr(begin, at_ - begin));
    if (!value) throw ExpressionError{fmt::format("\"{}\" is not a number", text_.substr(begin, at_ - begin))};
    // FG has no integers, which would wrap.
    return {floatText(*value)};
  }
  Term call(const std::string& name) {
    for (const RefusedFunction& refused : kRefused)
      if (refused.name == name) throw ExpressionError{fmt::format("\"{}\" {}", name, refused.why)};
    const auto* function =
        std::find_if(std::begin(kFunctions), std::end(kFunctions), [&](const Function& f) { return f.name == name; });
    if (function == std::end(kFunctions)) throw ExpressionError{fmt::format("\"{}\" is not a known function", name)};
    bool ofVectors = function->shape == Shape::Vector || function->shape == Shape::Vectors;
    bool outer = vector_;
    vector_ = ofVectors;
    std::vector<Term> arguments;
    do arguments.push_back(number(choice()));
    while (accept(","));
    expect(")");
    vector_ = outer;
    mayDivide_ = mayDivide_ || function->mayFail;

    size_t wanted = function->shape == Shape::Vectors ? 2 : 1;
    if (function->shape == Shape::Several ? arguments.empty() : arguments.size() != wanted)
      throw ExpressionError{fmt::format("\"{}\" has {} arguments", name, arguments.size())};
    bool isList = false;
    std::string list;
    for (const Term& argument : arguments) {
      if (ofVectors && !argument.isList)
        throw ExpressionError{fmt::format("\"{}\" is given a single number; declare its column a list", name)};
      isList = isList || argument.isList;
      list += (list.empty() ? "" : ", ") + argument.code;
    }
    if (function->shape == Shape::Several && arguments.size() == 1) {
      if (isList) throw ExpressionError{fmt::format("\"{}\" of one vector is not known; write reduce_{}", name, name)};
      return arguments[0];
    }
    std::string code = function->code.find('{') == std::string_view::npos
                           ? fmt::format("{}({})", function->code, list)
                           : fmt::format(fmt::runtime(function->code), list);
    return {code, kPostfix, false, !ofVectors && isList};
  }

  std::string_view text_;
  const FindVariable& find_;
  size_t at_ = 0;
  int depth_ = 0;
  bool vector_ = false;
  bool mayDivide_ = false;
  bool mayIgnore_ = false;
};

}  // namespace

Translation translateExpression(std::string_view text, const FindVariable& find) {
  return Translator(text, find).run();
}

}  // namespace featc::fg
