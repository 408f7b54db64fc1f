// SPDX-License-Identifier: Apache-2.0
// The types that a config writes: which there are, and what to say of the others.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "frontend/foreign_types.h"
#include "frontend/foreign_words.h"
#include "frontend/statement_builder.h"
#include "frontend/tree.h"
#include "support/suggest.h"

namespace featc {
namespace {

using grammar::FeatParser;

// The last one stands only in fields.
constexpr std::array<std::string_view, 7> kTypeWords = {"bool", "int64", "float64",  "string",
                                                        "list", "map",   "timestamp"};

// What the types of times are called elsewhere.
constexpr std::string_view kTimeAliases[] = {"datetime", "datetime64", "timestamptz", "timestamp_ntz",
                                             "date",     "date32",     "date64"};

// Sets a flag until the end of the block.
class ScopedTrue {
 public:
  explicit ScopedTrue(bool& flag) : flag_(flag) { flag_ = true; }
  ~ScopedTrue() { flag_ = false; }
  ScopedTrue(const ScopedTrue&) = delete;
  ScopedTrue& operator=(const ScopedTrue&) = delete;

 private:
  bool& flag_;
};

std::optional<std::string> nearestType(std::string_view word, bool ofField) {
  auto isWord = [&](std::string_view alias) { return sameWord(alias, word); };
  if (std::ranges::any_of(kTimeAliases, isWord)) return ofField ? "timestamp" : "int64";
  // "?" is what says that a value may be missing.
  if (std::string_view meant = typeMeant(word); !meant.empty() && meant != "?") return std::string(meant);
  return nearestName(word, std::span(kTypeWords).first(kTypeWords.size() - (ofField ? 0 : 1)));
}

}  // namespace

TypeName StatementBuilder::typeName(FeatParser::TypeContext* tree) { return {type(tree), spanOf(tree)}; }

Type StatementBuilder::invalidType(Span span, std::string message) {
  diagnostics_.report(DiagnosticKind::InvalidType, span, std::move(message));
  return {};
}

Type StatementBuilder::type(FeatParser::TypeContext* tree, int depth) {
  if (!isLeaf(tree->children[0])) {
    return invalidType(spanOf(tree), "a struct can only be the element of a field's list: list<{ id: int64 }>");
  }
  const Token& word = token(tree->children[0]);
  std::vector<FeatParser::TypeContext*> arguments;
  for (auto* child : tree->children) {
    if (auto* argument = as<FeatParser::TypeContext>(child, FeatParser::RuleType)) arguments.push_back(argument);
  }
  Type result;
  std::string_view text = nameOf(file_->text(), word);
  if (text == "list") {
    result = listType(tree, arguments, depth);
  } else if (text == "map") {
    result = mapType(tree, arguments, depth);
  } else {
    result = scalarType(word);
    if (!result.isNone() && !arguments.empty()) {
      result = invalidType(spanOf(tree), fmt::format("\"{}\" takes no type in \"<>\"", text));
    }
  }
  bool nullable = leafType(tree->children.back()) == FeatParser::QUESTION;
  return result.isNone() ? result : result.withNullable(nullable);
}

Type StatementBuilder::scalarType(const Token& word) {
  std::string_view text = nameOf(file_->text(), word);
  if (text == "bool") return Type::boolean();
  if (text == "int64") return Type::int64();
  if (text == "float64") return Type::float64();
  if (text == "string") return Type::string();
  if (text == "timestamp") return timestampType(word);
  Span at = file_->span(word);
  if (auto nearest = nearestType(text, ofField_)) {
    Diagnostic& d = diagnostics_.report(DiagnosticKind::UnknownType, at,
                                        fmt::format("there is no type \"{}\"; did you mean \"{}\"?", text, *nearest));
    // A key of another type is no better.
    if (!ofKey_ || *nearest == "string" || *nearest == "int64") d.replace(at, *nearest);
  } else {
    diagnostics_.report(DiagnosticKind::UnknownType, at, fmt::format("there is no type \"{}\"", text))
        .note(
            "types are bool, int64, float64, string, list<T> and map<K, V>, for fields also timestamp, each with \"?\" "
            "where it may be missing");
  }
  return {};
}

Type StatementBuilder::timestampType(const Token& word) {
  if (ofField_) return Type::timestamp();
  Span at = file_->span(word);
  diagnostics_
      .report(DiagnosticKind::InvalidType, at,
              "only a field is declared timestamp; its value is int64, the seconds since 1970")
      .replace(at, "int64");
  return {};
}

Type StatementBuilder::keyType(FeatParser::TypeContext* tree, int depth) {
  ScopedTrue ofKey(ofKey_);
  return element(tree, depth);
}

// The type inside a list or map, which does not say of itself that it may be missing.
Type StatementBuilder::element(FeatParser::TypeContext* tree, int depth) {
  if (!isLeaf(tree->children[0])) return type(tree, depth + 1);
  std::string_view word = nameOf(file_->text(), token(tree->children[0]));
  if ((word == "list" || word == "map") && depth + 1 >= kMaxFieldNesting) {
    return invalidType(spanOf(tree), "a list or map may hold lists or maps, but those hold only single values");
  }
  Type result = type(tree, depth + 1);
  if (!result.nullable()) return result;
  elementMayBeMissing(tree->children.back());
  return {};
}

void StatementBuilder::elementMayBeMissing(antlr4::tree::ParseTree* sign) {
  diagnostics_
      .report(DiagnosticKind::InvalidType, span(sign),
              "elements may always be missing; \"?\" is written only after a whole type")
      .replace(span(sign), "");
}

// -- Lists of structs -------------------------------------------------------------------------------

void StatementBuilder::addFields(std::vector<FieldDecl>& fields, std::vector<StructListDecl>& structLists,
                                 antlr4::tree::ParseTree* nameLeaf, FeatParser::TypeContext* tree) {
  ScopedTrue ofField(ofField_);
  bool isList = isLeaf(tree->children[0]) && nameOf(file_->text(), token(tree->children[0])) == "list" &&
                tree->children.size() >= 4 && leafType(tree->children[3]) == FeatParser::GREATER;
  auto* element = isList ? as<FeatParser::TypeContext>(tree->children[2], FeatParser::RuleType) : nullptr;
  auto* structTree = element == nullptr
                         ? nullptr
                         : as<FeatParser::StructTypeContext>(element->children[0], FeatParser::RuleStructType);
  if (structTree == nullptr) {
    fields.push_back(field(nameLeaf, tree));
    return;
  }
  if (element->children.size() > 1) elementMayBeMissing(element->children.back());
  StructListDecl list;
  list.name = name(nameLeaf);
  list.type = spanOf(tree);
  list.nullable = leafType(tree->children.back()) == FeatParser::QUESTION;
  addStructList(fields, structLists, std::move(list), structTree);
}

void StatementBuilder::addStructList(std::vector<FieldDecl>& fields, std::vector<StructListDecl>& structLists,
                                     StructListDecl list, FeatParser::StructTypeContext* tree) {
  list.firstField = static_cast<uint32_t>(fields.size());
  for (auto* child : tree->children) {
    auto* member = as<FeatParser::FieldContext>(child, FeatParser::RuleField);
    if (member == nullptr) continue;
    FieldDecl decl{name(member->children[0]), {}};
    auto* typeTree = static_cast<FeatParser::TypeContext*>(member->children[2]);
    // A `?` of a member says what the data may lack; its elements may be missing anyway.
    Type type = this->type(typeTree, 1);
    decl.type = {type.isNone() ? type : Type::list(type.present()).withNullable(list.nullable), spanOf(typeTree)};
    decl.name.text = list.name.text + "." + decl.name.text;
    auto first = std::find_if(fields.begin() + list.firstField, fields.end(),
                              [&](const FieldDecl& other) { return other.name.text == decl.name.text; });
    if (first == fields.end()) {
      fields.push_back(std::move(decl));
      continue;
    }
    diagnostics_
        .report(DiagnosticKind::DuplicateName, decl.name.span,
                fmt::format("member \"{}\" of \"{}\" is declared twice", memberName(list, decl), list.name.text))
        .note(first->name.span, "first declared here");
  }
  list.members = static_cast<uint32_t>(fields.size()) - list.firstField;
  if (list.members == 0) {
    invalidType(list.type, "a struct has at least one member: list<{ id: int64 }>");
    return;
  }
  structLists.push_back(std::move(list));
}

// -- Lists and maps ---------------------------------------------------------------------------------

Type StatementBuilder::listType(FeatParser::TypeContext* tree, const std::vector<FeatParser::TypeContext*>& arguments,
                                int depth) {
  if (arguments.size() != 1) return invalidType(spanOf(tree), "a list names the type of its elements: list<int64>");
  Type inner = element(arguments[0], depth);
  return inner.isNone() ? inner : Type::list(inner);
}

Type StatementBuilder::mapType(FeatParser::TypeContext* tree, const std::vector<FeatParser::TypeContext*>& arguments,
                               int depth) {
  if (arguments.size() != 2) {
    return invalidType(spanOf(tree), "a map names the types of its keys and values: map<string, float64>");
  }
  Type key = keyType(arguments[0], depth);
  Type value = element(arguments[1], depth);
  if (!key.isNone() && !isMapKey(key)) {
    Span at = spanOf(arguments[0]);
    Diagnostic& d = diagnostics_.report(DiagnosticKind::InvalidType, at, "a map's keys are string or int64");
    if (key.isTimestamp()) d.replace(at, "int64");
    return {};
  }
  return key.isNone() || value.isNone() ? Type() : Type::map(key, value);
}

}  // namespace featc
