// SPDX-License-Identifier: Apache-2.0
// The text form of an Ast: a config again, one statement a line, every expression in parentheses.
#include <fmt/format.h>

#include "frontend/ast.h"
#include "frontend/lexer.h"
#include "frontend/literals.h"

namespace featc {
namespace {

class AstWriter {
 public:
  explicit AstWriter(const Ast& ast) : ast_(ast) {}

  std::string run() {
    uint32_t group = kNoGroup;
    for (const Statement& statement : ast_.statements) {
      if (group != kNoGroup && groupOf(statement) != group) out_ += "}\n";
      group = groupOf(statement);
      if (group != kNoGroup && statement.kind != StatementKind::Group) out_ += "  ";
      write(statement);
      out_ += '\n';
    }
    if (group != kNoGroup) out_ += "}\n";
    return std::move(out_);
  }

 private:
  // The group whose line or part the statement is.
  uint32_t groupOf(const Statement& statement) const {
    switch (statement.kind) {
      case StatementKind::Group: return statement.index;
      case StatementKind::Let: return ast_.lets[statement.index].group;
      case StatementKind::Output: return ast_.outputs[statement.index].group;
      default: return kNoGroup;
    }
  }

  void write(const Statement& statement) {
    uint32_t i = statement.index;
    switch (statement.kind) {
      case StatementKind::Model: out_ += "model " + writtenName(ast_.models[i].name.text); break;
      case StatementKind::Semantics: out_ += fmt::format("semantics {}", ast_.semantics[i].version.value); break;
      case StatementKind::HashFamily: out_ += "hash_family " + writtenName(ast_.hashFamilies[i].name.text); break;
      case StatementKind::Schema: {
        const SchemaDecl& schema = ast_.schemas[i];
        out_ += schema.scope == Scope::Request ? "request" : "item";
        out_ += schema.fields.empty() ? " {" : " { ";
        fields(schema.fields, "  ", schema.structLists);
        out_ += schema.fields.empty() ? "}" : " }";
        break;
      }
      case StatementKind::Source: source(ast_.sources[i]); break;
      case StatementKind::Let:
        out_ += fmt::format("let {} = ", writtenName(ast_.lets[i].name.text));
        expression(ast_.lets[i].value);
        break;
      case StatementKind::Fn:
        out_ += fmt::format("fn {}(", writtenName(ast_.fns[i].name.text));
        parameters(ast_.fns[i]);
        out_ += ") = ";
        expression(ast_.fns[i].body);
        break;
      case StatementKind::ExternFn: {
        const ExternFnDecl& decl = ast_.externs[i];
        out_ += fmt::format("extern fn {}(", writtenName(decl.name.text));
        fields(decl.params, ", ");
        out_ += fmt::format(") -> {} from {}", toString(decl.result.type), encodeString(decl.library));
        break;
      }
      case StatementKind::Output: output(ast_.outputs[i]); break;
      case StatementKind::Group: group(ast_.groups[i]); break;
    }
  }

  void group(const GroupDecl& decl) {
    out_ += "sequence group ";
    if (!decl.nameless) out_ += writtenName(decl.name.text) + " ";
    out_ += "over ";
    for (size_t i = 0; i < decl.over.size(); ++i) {
      if (i > 0) out_ += ", ";
      expression(decl.over[i]);
    }
    if (decl.where != kNoExpr) {
      out_ += " where ";
      expression(decl.where);
    }
    for (auto [word, clause] : {std::pair("first", &decl.first), {"last", &decl.last}, {"length", &decl.length}})
      if (*clause) out_ += fmt::format(" {} {}", word, (*clause)->value);
    if (decl.padLeft) out_ += " pad left";
    out_ += " {";
  }

  void fields(const std::vector<FieldDecl>& list, std::string_view separator,
              const std::vector<StructListDecl>& structLists = {}) {
    std::string_view between;
    auto structList = structLists.begin();
    for (uint32_t i = 0; i < list.size();) {
      out_ += between;
      between = separator;
      if (structList != structLists.end() && structList->firstField == i) {
        out_ += fmt::format("{}: {}", writtenName(structList->name.text), typeText(*structList, list));
        i += structList++->members;
      } else {
        out_ += fmt::format("{}: {}", writtenName(list[i].name.text), toString(list[i].type.type));
        ++i;
      }
    }
  }

  void parameters(const FnDecl& fn) {
    for (size_t i = 0; i < fn.params.size(); ++i) {
      if (i > 0) out_ += ", ";
      out_ += fmt::format("{}: {}", writtenName(fn.params[i].name.text), toString(fn.params[i].type.type));
      if (fn.defaults[i] == kNoExpr) continue;
      out_ += " = ";
      expression(fn.defaults[i]);
    }
  }

  void source(const SourceDecl& decl) {
    out_ += fmt::format("source {}(", writtenName(decl.name.text));
    fields(decl.keys, ", ");
    out_ += ")";
    if (decl.encoding) out_ += " encoding " + writtenName(decl.encoding->text);
    out_ += " {";
    if (decl.keyPatternSpan.end > decl.keyPatternSpan.begin)
      out_ += (decl.keyEscaped ? " key escaped " : " key ") + encodeString(decl.keyPattern);
    if (!decl.fields.empty()) out_ += "  ";
    fields(decl.fields, "  ", decl.structLists);
    out_ += " }";
  }

  void output(const OutputDecl& decl) {
    std::string_view name = decl.name.text;
    if (decl.group != kNoGroup && !ast_.groups[decl.group].nameless)
      name.remove_prefix(ast_.groups[decl.group].name.text.size() + 2);
    out_ += fmt::format("{} {}", outputKindName(decl.kind), writtenName(name));
    auto clause = [this](std::string_view word, const std::optional<IntClause>& value) {
      if (value) out_ += fmt::format(" {} {}", word, value->value);
    };
    clause("slot", decl.slot);
    if (decl.shared) out_ += " shared";
    clause("missing", decl.missing);
    clause("width", decl.width);
    if (decl.defaultValue) out_ += " default " + encodeFloat(*decl.defaultValue);
    clause("length", decl.length);
    if (decl.padLeft) out_ += " pad left";
    out_ += " = ";
    expression(decl.value);
  }

  void expression(ExprId id) {
    const Expr& e = ast_.expr(id);
    switch (e.kind) {
      case ExprKind::Int: out_ += fmt::format("{}", e.intValue); break;
      case ExprKind::Float: out_ += encodeFloat(e.floatValue); break;
      case ExprKind::Bool: out_ += e.intValue != 0 ? "true" : "false"; break;
      case ExprKind::String:
      case ExprKind::File: out_ += encodeString(ast_.text(e)); break;
      case ExprKind::Name: out_ += writtenName(ast_.text(e)); break;
      case ExprKind::List:
        out_ += '[';
        elements(e);
        out_ += ']';
        break;
      case ExprKind::Map:
        out_ += '{';
        for (uint32_t i = 0; i < e.childCount; i += 2) {
          if (i > 0) out_ += ", ";
          expression(ast_.child(e, i));
          out_ += ": ";
          expression(ast_.child(e, i + 1));
        }
        out_ += '}';
        break;
      case ExprKind::Field:
        expression(ast_.child(e, 0));
        out_ += '.' + writtenName(ast_.text(e));
        break;
      case ExprKind::Index:
        expression(ast_.child(e, 0));
        out_ += '[';
        expression(ast_.child(e, 1));
        out_ += ']';
        break;
      case ExprKind::Call:
        out_ += writtenName(ast_.text(e)) + '(';
        elements(e);
        out_ += ')';
        break;
      case ExprKind::Unary:
        out_ += '(';
        out_ += symbolOf(static_cast<UnaryOp>(e.op));
        expression(ast_.child(e, 0));
        out_ += ')';
        break;
      case ExprKind::Binary:
        out_ += '(';
        expression(ast_.child(e, 0));
        out_ += fmt::format(" {} ", symbolOf(static_cast<BinaryOp>(e.op)));
        expression(ast_.child(e, 1));
        out_ += ')';
        break;
      case ExprKind::Conditional:
        out_ += '(';
        expression(ast_.child(e, 0));
        out_ += " ? ";
        expression(ast_.child(e, 1));
        out_ += " : ";
        expression(ast_.child(e, 2));
        out_ += ')';
        break;
    }
  }

  // A list's elements or a call's arguments.
  void elements(const Expr& e) {
    for (uint32_t i = 0; i < e.childCount; ++i) {
      if (i > 0) out_ += ", ";
      if (e.kind == ExprKind::Call) {
        const std::string& name = ast_.argNames[e.firstArgName + i].name;
        if (!name.empty()) out_ += writtenName(name) + " = ";
      }
      expression(ast_.child(e, i));
    }
  }

  const Ast& ast_;
  std::string out_;
};

}  // namespace

std::string_view memberName(const StructListDecl& list, const FieldDecl& member) {
  return std::string_view(member.name.text).substr(list.name.text.size() + 1);
}

std::string typeText(const StructListDecl& list, const std::vector<FieldDecl>& fields) {
  std::string members;
  for (uint32_t i = 0; i < list.members; ++i) {
    const FieldDecl& member = fields[list.firstField + i];
    members += fmt::format("{}{}: {}", i > 0 ? ", " : "", writtenName(memberName(list, member)),
                           toString(member.type.type.isNone() ? Type() : member.type.type.element()));
  }
  return fmt::format("list<{{ {} }}>{}", members, list.nullable ? "?" : "");
}

std::string toString(const Ast& ast) { return AstWriter(ast).run(); }

}  // namespace featc
