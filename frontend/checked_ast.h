// SPDX-License-Identifier: Apache-2.0
// What the checker found out about an Ast: the type and meaning of every expression, by ExprId.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "frontend/ast.h"
#include "ops/operator.h"
#include "runtime/program_info.h"

namespace featc {

// What an expression stands for once its names are known.
enum class Meaning : uint8_t {
  Unknown,  // a mistake was reported, or the expression was never checked
  Literal,  // a constant that is spelled out
  Missing,  // `missing`, type None, until what stands beside it gives it a type: then it is a Literal
  Input,    // target: index in ProgramInfo::inputs
  // A list of structs, of which only a member is a value; type None. Of a read row (then type is the row's)
  // it stands for the row, child 0.
  StructList,
  // A member of what a let or a call makes of a list of structs, child 0; target: the member, as in ElementInfo.
  Member,
  Let,      // target: index in Ast::lets
  Param,    // target: parameter of the function around it
  Field,    // target: field of the source whose row child 0 is
  Call,     // target: index in CheckedAst::calls
  Element,  // of a sequence group; target: index in CheckedAst::elements
};

// Whether a value is known when the config is compiled.
struct Dependence {
  bool varying = false;  // on a field or a read
  uint64_t params = 0;   // on these parameters of the function around it

  bool isConstant() const { return !varying && params == 0; }
  void join(Dependence other) {
    varying = varying || other.varying;
    params |= other.params;
  }
};

struct ExprInfo {
  // None: unknown because of a mistake that was reported, or a whole list of structs.
  Type type;
  Meaning meaning = Meaning::Unknown;
  uint32_t target = 0;
  Dependence dependence;
  uint64_t missingWith = 0;  // parameters of the function around it: where one is missing, so is this
};

enum class CalleeKind : uint8_t { Operator, Fn, Source };

// A call, or what is written with an operator sign. Its arguments, one a parameter, are
// CheckedAst::args[firstArg ..]; kNoExpr where left out.
struct CallInfo {
  CalleeKind callee = CalleeKind::Operator;
  const Operator* op = nullptr;
  uint32_t index = 0;  // Fn: in Ast::fns. Source: in Ast::sources
  uint32_t firstArg = 0;
  uint32_t argCount = 0;
  uint64_t convertMask = 0;  // Fn: int64 arguments for float64 parameters
  uint64_t mapMask = 0;      // Fn: lists whose elements are the parameters, one after the other
  // Operator: its constant arguments come through parameters, so that they can only be looked at
  // once the function is inlined.
  bool prepareLate = false;
  // Operator: argument 0 is a list of structs, and the call is made of each member that is asked for.
  bool ofStructs = false;
  // Of such a call that gives a value (`len`): the members that it is made of; the first that is not missing counts.
  uint32_t firstMember = 0;
  uint32_t memberCount = 0;
};

struct FnInfo {
  Type result;
  Dependence dependence;
  // Parameters that reach a constant parameter of an operator, and the first such place of each.
  uint64_t constantParams = 0;
  std::vector<Span> constantUses;  // by parameter
  uint64_t missingWith = 0;        // parameters: where one is missing, so is the result
  uint64_t defaults = 0;           // parameters whose default makes sense
};

// What `it` or `it.NAME` stands for in a sequence group: an element of a list.
struct ElementInfo {
  std::string_view name;  // empty: `it` itself
  Type type;              // of the element, which may always be missing; None after a report
  uint32_t group = 0;     // in Ast::groups
  ExprId list = kNoExpr;  // whose element it is, one of GroupDecl::over
  // Of a list of structs: the member, in ProgramInfo::inputs, or of a row that was read in its source's fields.
  std::optional<uint32_t> member{};
};

struct GroupInfo {
  uint32_t firstElement = 0;  // in CheckedAst::elements
  uint32_t elementCount = 0;  // 0 after a report
  // With a `where`: as many more, which stand for the elements of which it is asked.
  uint32_t firstWhole = 0;
};

struct OutputPlan {
  // Applied to the value one after another to get what is emitted: `hash`, `float` ...
  std::vector<const Operator*> steps;
};

struct CheckedAst {
  explicit CheckedAst(const Ast& a)
      : ast(a), exprs(a.exprs.size()), fns(a.fns.size()), outputs(a.outputs.size()), groups(a.groups.size()) {}

  const Ast& ast;
  // sources as in Ast::sources, outputs as in Ast::outputs (their type and scope come with lowering).
  ProgramInfo info;
  std::vector<ExprInfo> exprs;
  std::vector<CallInfo> calls;
  std::vector<ExprId> args;
  std::vector<FnInfo> fns;
  std::vector<OutputPlan> outputs;
  std::vector<GroupInfo> groups;
  std::vector<ElementInfo> elements;

  // The value of a let: what its expression says.
  const ExprInfo* let(uint32_t index) const {
    ExprId value = ast.lets[index].value;
    return value == kNoExpr ? nullptr : &exprs[value];
  }
};

}  // namespace featc
