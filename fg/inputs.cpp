// SPDX-License-Identifier: Apache-2.0
// What a feature's inputs are as texts, numbers and maps, by the type of their column.
#include <fmt/format.h>

#include <cctype>

#include "fg/builder.h"
#include "fg/text.h"

namespace featc::fg {
namespace {

constexpr std::string_view kElementsUncut =
    "separators inside the elements of a list: whether FG cuts there is not known; here it is not cut";
constexpr std::string_view kWriteText = "declare the column string? or list<string>? in --schema";

// Characters of a class in RE2's syntax, where a letter or digit behind a backslash is another thing.
std::string characterClass(std::string_view characters) {
  std::string out;
  for (char c : characters) {
    auto byte = static_cast<unsigned char>(c);
    out += std::ispunct(byte) != 0 ? fmt::format("\\{}", c) : fmt::format("\\x{:02X}", byte);
  }
  return out;
}

std::string orEmpty(const std::string& code, Type type, std::string_view empty) {
  return type.nullable() ? fmt::format("{} ?? {}", code, empty) : code;
}

std::string named(const Input& input) { return fmt::format("\"{}:{}\"", input.side, input.name); }

}  // namespace

bool isTextual(Type type) { return type.is(Kind::String) || (type.isList() && type.element().is(Kind::String)); }

Type FeatureBuilder::columnType(const Input& input) const {
  return input.isColumn() ? shared_.columns.typeOf(input) : Type();
}
std::string FeatureBuilder::reference(const Input& input) const {
  return input.isFeature() ? shared_.values.at(input.name).code : Columns::reference(input);
}

bool FeatureBuilder::isFeatureOfText(const Input& input) const {
  return input.isFeature() && shared_.values.at(input.name).of == Value::Of::Text;
}

bool FeatureBuilder::holdsText(const Input& input) const {
  return isTextual(columnType(input)) || isFeatureOfText(input);
}

bool FeatureBuilder::isOneText(const Input& input) const {
  if (!input.isFeature()) return input.isColumn() && columnType(input).is(Kind::String);
  const Value& value = shared_.values.at(input.name);
  return !value.list && (value.of != Value::Of::Number || !value.exact.empty());
}

std::string FeatureBuilder::textOfNumber(const Input& input) {
  const Value& value = shared_.values.at(input.name);
  if (value.exact.empty())
    refuse(fmt::format("the text that FG makes of the number \"{}\" is not known; bucketize that feature", input.name),
           input.line);
  note(fmt::format(
      "the text of the number \"{}\": FG's documentation has \"5.2\" for 5.2, and older ones warn of more than six "
      "digits; here it is the shortest one, \"5\" for 5.0, and may be another for numbers of more than six digits",
      input.name));
  return "string(" + value.exact + ")";
}

std::string FeatureBuilder::oneText(const Input& input) {
  if (input.isFeature() && shared_.values.at(input.name).of == Value::Of::Number) return textOfNumber(input);
  bool isBin = input.isFeature() && !isFeatureOfText(input);
  return isBin ? "string(" + reference(input) + ")" : reference(input);
}

bool FeatureBuilder::mayBeMissing(const Input& input) const {
  return input.isFeature() ? !shared_.values.at(input.name).isPresent : columnType(input).nullable();
}

std::string FeatureBuilder::textOrEmpty(const Input& input) {
  return mayBeMissing(input) ? oneText(input) + " ?? \"\"" : oneText(input);
}

Value FeatureBuilder::tokens(const std::string& text, bool keepsEmpty) {
  assume("nothing between two separators: FG's answer is not known; here it gives no value");
  Value value{Value::Of::Text, true, ""};
  value.cutAt = separators();
  value.code =
      fmt::format("tokenize({}, {}{})", text, literalText(value.cutAt), keepsEmpty ? ", keep_empty = true" : "");
  return value;
}

Value FeatureBuilder::texts(const Input& input, bool keepsEmpty) {
  if (input.side == "const") return {Value::Of::Text, true, "[" + literalText(input.name) + "]"};
  if (input.isFeature()) {
    const Value& value = shared_.values.at(input.name);
    if (value.of == Value::Of::Number) return {Value::Of::Text, false, textOfNumber(input)};
    if (value.of == Value::Of::Int) return {Value::Of::Text, value.list, "string(" + value.code + ")"};
    // One text is cut as that of a column is.
    if (!value.list) return tokens(textOrEmpty(input), keepsEmpty);
    if (separators().find_first_not_of(value.cutAt) != std::string::npos) assume(std::string(kElementsUncut));
    return value;
  }
  std::string code = reference(input);
  Type type = columnType(input);
  if (type.is(Kind::String)) return tokens(textOrEmpty(input), keepsEmpty);
  if (type.is(Kind::Int64)) return {Value::Of::Text, false, "string(" + code + ")"};
  if (type.isList() && type.element().is(Kind::String)) {
    // The list of an element is cut on, as FG's public tests show of sequences.
    if (input.isElement()) return tokens(fmt::format("join({}, \"\\x1d\")", orEmpty(code, type, "[]")), keepsEmpty);
    assume(std::string(kElementsUncut));
    return {Value::Of::Text, true, orEmpty(code, type, "[]")};
  }
  if (type.isList() && type.element().is(Kind::Int64))
    return {Value::Of::Text, true, fmt::format("string({})", orEmpty(code, type, "[]")), {}, true};
  bool isFloats = type.isList() && type.element().is(Kind::Float64);
  if (isFloats && cutsFloats())
    return {Value::Of::Text, true, fmt::format("string(int({}))", orEmpty(code, type, "[]")), {}, true};
  refuse(isFloats || type.is(Kind::Float64)
             ? fmt::format("the text that FG makes of a float such as {} is not known; {}, or int64?", named(input),
                           kWriteText)
             : fmt::format("{} is a {}, which has no text; {}", named(input), toString(type), kWriteText),
         input.line);
}

Value FeatureBuilder::withDefault(Value value) {
  std::string absent = defaultText();
  if (absent.empty()) return value;
  value.code = value.list ? fmt::format("{}({}, {})", function("or_default"), value.code, literalText(absent))
                          : fmt::format("({} ?? {})", value.code, literalText(absent));
  return value;
}

Value FeatureBuilder::firstOf(Value value) const {
  if (!value.list) return value;
  value.code = fmt::format(fmt::runtime(inGroup_ ? "({})[0]" : "head({}, 1)"), value.code);
  value.list = !inGroup_;
  return value;
}

Value FeatureBuilder::textList(const Input& input, bool keepsEmpty) {
  Value value = texts(input, keepsEmpty);
  if (value.list) return value;
  std::string one = let("value", value.code);
  return {Value::Of::Text, true, fmt::format("(is_missing({0}) ? [] : [{0} ?? \"\"])", one)};
}

// num_buckets of a number cuts toward zero, so its text is not asked.
bool FeatureBuilder::cutsFloats() const { return feature_.type->name == "id_feature" && bucketizer() == kNumber; }

Value FeatureBuilder::elements(const Input& input, bool whole) {
  if (!input.sequence) {
    Value value = texts(input);
    if (value.list) value = {Value::Of::Text, false, "(" + value.code + ")[0]"};
    return value;
  }
  std::string code = reference(input);
  Type type = columnType(input);
  bool isDigits = type.isList() && type.element().isNumber();
  if (type.is(Kind::String)) {
    code = fmt::format("{}({}, {})", function("elements"), code, literalText(feature_.delimiter));
  } else if (type.isList() && (type.element().is(Kind::String) || type.element().is(Kind::Int64) ||
                               (type.element().is(Kind::Float64) && cutsFloats()))) {
    if (type.element().is(Kind::Int64)) code = "string(" + code + ")";
    if (type.element().is(Kind::Float64)) code = "string(int(" + code + "))";
    code = fmt::format("{}(({}) ?? \"\", \"\")", function("or_default"), orEmpty(code, type, "[]"));
  } else {
    refuse(fmt::format("{} is a {} and not a sequence of texts; {}, or list<int64>?", named(input), toString(type),
                       kWriteText),
           input.line);
  }
  // What is emitted is cut by its length; others read no more either.
  if (feature_.length > 0 && feature_.isRead) code = fmt::format("head({}, {})", code, feature_.length);
  if (!whole && !isDigits)
    code = fmt::format("{}({}, r\"[^{}]+|$\")", function("first_values"), code, characterClass(separators()));
  return {Value::Of::Text, true, code, {}, isDigits, whole ? "" : separators()};
}

Value FeatureBuilder::withDefaultEach(Value value) {
  value.code = value.list
                   ? fmt::format("{}({}, {})", function("each_or_default"), value.code, literalText(defaultText()))
                   : fmt::format("({} ?? {})", value.code, literalText(defaultText()));
  return value;
}

Value FeatureBuilder::numbers(const Input& input) {
  if (input.side == "const") {
    auto number = numberOf(input.name);
    if (!number) refuse(fmt::format("the constant \"{}\" is not a number", input.name), input.line);
    return {Value::Of::Number, false, floatText(*number)};
  }
  if (input.isFeature()) {
    Value value = shared_.values.at(input.name);
    if (value.of != Value::Of::Number) value.code = "float(" + value.code + ")";
    if (value.fallback) value.code = fmt::format("({} ?? {})", value.code, float32Text(*value.fallback));
    value.of = Value::Of::Number;
    value.fallback.reset();
    return value;
  }
  std::string code = reference(input);
  Type type = columnType(input);
  Type scalar = type.isList() ? type.element() : type;
  readsNumbers_ = readsNumbers_ || scalar.isNumber();
  if (!scalar.isNumber() && !scalar.is(Kind::String))
    refuse(
        fmt::format("{} is a {}, which is not a number; declare it float64? in --schema", named(input), toString(type)),
        input.line);
  return {Value::Of::Number, type.isList(), scalar.is(Kind::Float64) ? code : "float(" + code + ")"};
}

std::string FeatureBuilder::isEmpty(const Input& input) {
  if (input.side == "const") return "false";
  if (input.isFeature()) {
    if (isFeatureOfText(input) && isOneText(input)) return fmt::format("({}) == \"\"", textOrEmpty(input));
    bool isList = shared_.values.at(input.name).list;
    return fmt::format(fmt::runtime(isList ? "len({}) == 0" : "is_missing({})"), reference(input));
  }
  Type type = columnType(input);
  std::string code = reference(input);
  if (type.is(Kind::String))
    return type.nullable() ? fmt::format("({} ?? \"\") == \"\"", code) : fmt::format("{} == \"\"", code);
  if (type.isList()) return fmt::format("len({}) == 0", orEmpty(code, type, "[]"));
  return fmt::format("is_missing({})", code);
}

std::pair<std::string, Type> FeatureBuilder::map(const Input& input) {
  if (!input.isColumn()) refuse(fmt::format("its map is {}, which is not a column", named(input)), input.line);
  std::string code = reference(input);
  Type type = columnType(input);
  Type texts = Type::map(Type::string(), Type::string());
  if (type.isMap()) return {orEmpty(code, type, "{}"), type};
  if (type.is(Kind::String)) {
    // The separator is the keys', but for the older FG, which has one for all.
    std::string separator = literalText(isEasyRec() ? separators() : "\x1d");
    return {fmt::format("parse_map({}, {})", orEmpty(code, type, "\"\""), separator), texts};
  }
  if (type.isList() && type.element().is(Kind::String))
    return {fmt::format("parse_map({})", orEmpty(code, type, "[]")), texts};
  refuse(fmt::format("its map {} is a {}; declare it map<string, float64>? or string? in --schema", named(input),
                     toString(type)),
         input.line);
}

}  // namespace featc::fg
