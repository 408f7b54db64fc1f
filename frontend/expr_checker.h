// SPDX-License-Identifier: Apache-2.0
// Finds out what every expression means and what type it has; reports what makes no sense.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "frontend/call_errors.h"
#include "frontend/checked_ast.h"
#include "frontend/constant_arguments.h"
#include "frontend/names.h"
#include "frontend/order.h"

namespace featc {

// What the warnings about unused things need to know.
struct Usage {
  std::vector<bool> fields;               // by position in Names::fields
  std::vector<bool> lets;                 // by position in Ast::lets
  std::vector<bool> fns;                  // by position in Ast::fns
  std::vector<bool> externs;              // by position in Ast::externs
  std::vector<bool> sources;              // by position in Ast::sources
  std::vector<std::vector<bool>> params;  // by position in Ast::fns, then by parameter
};

// Definitions must be checked after those that they use.
class ExprChecker {
 public:
  ExprChecker(CheckedAst& checked, const Names& names, const DefinitionOrder& order, const Sources& sources,
              const FrontendLimits& limits, Diagnostics& diagnostics);

  void checkLet(uint32_t let);
  void checkFn(uint32_t fn);
  // What the elements are: before anything of the group is checked.
  void checkGroup(uint32_t group);
  // The type of the expression, None where a mistake keeps it from being known; in a sequence group that of
  // one element.
  Type checkValue(ExprId id);
  Type checkValueInGroup(ExprId id, uint32_t group);
  // Warns where an output's value is the name of a field or let between quotes.
  void checkQuotedName(ExprId id);
  // Warns where an output of a group never uses the element, but something that looks like it.
  void checkUsesElement(ExprId id, uint32_t group);
  // True after a report: a whole row is not a value.
  bool rejectRow(ExprId id) const { return errors_.rejectRow(id); }
  const Usage& usage() const { return usage_; }

 private:
  // A list of structs as a whole, or one struct of it: not a value, but what its members are.
  struct Structs {
    Type row{};          // that it was read in; None: the caller supplies it
    uint32_t first = 0;  // the first member, in ProgramInfo::inputs or in the source's fields
    std::vector<Type> members{};
    bool isList = true;  // false: one struct, whose members are single elements
  };

  // -- expr_checker.cpp: names, fields, literals; name_errors.cpp: names that stand for nothing
  // What an expression is used for: as a value, which a list of structs is not, or as whatever it is.
  enum class Use : uint8_t { Value, Any };
  Type check(ExprId id, Use use = Use::Value);
  Type checkAny(ExprId id);
  Type checkName(ExprId id);
  Type checkField(ExprId id);
  bool checkSchemaField(ExprId id);
  Type setInput(ExprId id, uint32_t field);
  Type checkRowField(ExprId id, Type row);
  Type setRowField(ExprId id, Type row, uint32_t field);
  void reportUnknownName(ExprId id);
  bool isElementMember(const std::string& name) const;
  // True after a report: `user-id`, `user.id` and `row.price` and `row["price"]` are written otherwise.
  bool reportJoinedName(ExprId id);
  bool reportUnknownOwner(ExprId id);
  bool isKnownName(const std::string& name) const;
  // Checks the parts of a list or map literal and returns them.
  std::vector<ExprId> checkParts(const Expr& e);
  Type checkList(ExprId id);
  Type checkMap(ExprId id);
  void warnRepeatedKeys(const Expr& e, Type key);
  // Whether each is a constant spelled out.
  bool areLiterals(const std::vector<ExprId>& ids) const;
  // The common type of some elements of a literal, None after a report or where one is unknown.
  Type joinElements(const Expr& e, uint32_t first, uint32_t step, std::string_view what);
  // Gives the empty literals among the elements the type of the others; false after a report.
  bool settleEmptyParts(const Expr& e, uint32_t first, uint32_t step, Type joined);
  void setLiteralType(ExprId id, Type type);

  // -- struct_lists.cpp: lists of structs and what operators make of them
  // What the expression is the whole of, null where it is a value.
  const Structs* structsOf(ExprId id) const;
  Type setStructList(ExprId id, const StructListInfo& list);
  Type setStructList(ExprId id, Type row, uint32_t field);
  Type checkMember(ExprId id);
  std::string_view memberOf(const Structs& structs, size_t index) const;
  // What was meant is a member, of those that fit if any does.
  Diagnostic& reportStructs(ExprId id, const std::function<bool(Type)>& fits);
  void reportStructArgument(const Expr& e, const Operator& op, const std::vector<ExprId>& args, size_t arg);
  // True after a report.
  bool reportMemberInQuotes(const std::vector<ExprId>& args);
  // True after a report: each key that the row was read by has a list of its own.
  bool rejectAlignedStructs(Span at, const Structs& structs);
  Type applyToStructs(ExprId id, const Operator& op, const std::vector<ExprId>& args);
  void chooseMembers(CallInfo& call, const Structs& structs);

  // -- missing_checker.cpp: `missing` as a value
  // `missing` without a type yet, or what it is called elsewhere.
  bool isMissing(ExprId id) const { return checked_.exprs[id].meaning == Meaning::Missing; }
  Diagnostic& reportMissingWord(ExprId id);
  void reportUntypedMissing(ExprId id);
  void reportMissingArgument(const Expr& call, const Operator& op, ExprId arg);
  // True after a report: `x == missing`.
  bool reportComparedWithMissing(ExprId id);
  // It is a missing value of this type.
  void setMissing(ExprId id, Type type);
  // Gives a type to those among a call's arguments. False after a report.
  bool settleMissing(const Expr& e, const Operator& op, const std::vector<ExprId>& args, std::vector<Type>& types);

  // -- group_checker.cpp: `it` and what it stands for
  void checkWhere(uint32_t group);
  // The group whose lets are seen: those of the group itself are of what `where` leaves.
  uint32_t letGroup() const { return inWhere_ ? kNoGroup : group_; }
  // Of what `it` stands for here.
  uint32_t firstElement() const;
  bool isElement(ExprId id) const;
  Type checkElement(ExprId id);
  Type checkElementField(ExprId id);
  Type setElement(ExprId id, uint32_t element);
  void checkGroupLists(uint32_t group);
  void addElement(uint32_t group, std::string_view name, ExprId list);
  void addMembers(uint32_t group, ExprId list);
  std::string elementNames(const GroupInfo& info) const;
  std::optional<uint32_t> elementMeant(ExprId id, uint32_t group) const;
  bool isSameValue(ExprId a, ExprId b) const;
  bool isReadOf(ExprId id, const ElementInfo& element) const;
  bool takesElement(ExprId parent, ExprId arg, Type element) const;
  void warnWithoutElement(ExprId id, const ElementInfo& element);

  // -- call_checker.cpp: calls, operators
  Type checkCall(ExprId id);
  Type checkRead(ExprId id, uint32_t source);
  Type checkOperatorCall(ExprId id, const Operator& op);
  // `a + b + c` and `a || b || c`, which other languages write of strings, too.
  Type checkChain(ExprId id);
  // `args`: one a parameter (more when variadic), already checked; kNoExpr where left out.
  Type applyOperator(ExprId id, const Operator& op, const std::vector<ExprId>& args);
  const Operator* operatorIfVarying(const Operator& op, const std::vector<ExprId>& args,
                                    const std::vector<Type>& types) const;
  // Their types in order, `ofStructs` in place of a list of structs; false where one is unknown.
  bool argumentTypes(const Expr& e, const Operator& op, const std::vector<ExprId>& args, Type ofStructs,
                     std::vector<Type>& types, Dependence& dependence);
  // With float64 where the call converts to it.
  static std::vector<Type> converted(const Resolution& resolution, std::vector<Type> types);
  bool checkConstants(ExprId id, CallInfo& call, const Resolution& resolution, const std::vector<Type>& types);
  // Whether the argument is known when compiling, or will be once the fn around it is inlined.
  bool requireConstant(ExprId arg, std::string_view callee, std::string_view param, const Span* use);
  // Puts positional and named arguments in the order of the parameters.
  bool bindArguments(const Expr& e, const Callee& callee, std::vector<ExprId>& args);
  // Finds a type for the empty literals among the arguments.
  void warnNeverMissing(const Expr& e, Type type);
  bool settleEmptyLiterals(const Operator& op, const std::vector<ExprId>& args, std::vector<Type>& types);
  Type setCall(ExprId id, CallInfo call, const std::vector<ExprId>& args, Type type, Dependence dependence,
               uint64_t missingWith);
  // The parameters of the fn around the call of which a missing one makes the result missing.
  uint64_t missingWithOf(const Operator& op, const Resolution& resolution, const std::vector<ExprId>& args) const;
  Type typeOf(ExprId id) const { return checked_.exprs[id].type; }
  // Of an argument that was checked; an empty literal without a type is reported.
  Type checkedOperand(ExprId id);

  // -- fn_checker.cpp: calls of fns
  Type checkFnCall(ExprId id, uint32_t fn);
  // An argument of a fn's call; false after a report.
  bool checkFnArgument(CallInfo& call, ExprId arg, uint32_t param);
  // The type of a fn's call, whose arguments are known; None after a report.
  Type fnCallType(const Expr& e, const CallInfo& call, const std::vector<ExprId>& args);
  void checkDefaults(uint32_t fn);
  // Whether the parameter can have that default; false after a report.
  bool checkDefault(ExprId id, const FieldDecl& param);

  CheckedAst& checked_;
  const Ast& ast_;
  const Names& names_;
  const DefinitionOrder& order_;
  Diagnostics& diagnostics_;
  ExprTexts texts_;
  CallErrors errors_;
  Usage usage_;
  const FnDecl* fn_ = nullptr;  // whose body is being checked
  FnInfo* fnInfo_ = nullptr;
  uint32_t fnIndex_ = 0;
  uint32_t group_ = kNoGroup;  // whose statement is being checked
  bool inWhere_ = false;       // or whose `where`
  std::vector<bool> groupKnown_;
  std::unordered_map<ExprId, std::shared_ptr<const Structs>> structs_;
  std::unordered_set<ExprId> withoutElement_;  // that were warned of, in a let perhaps that several outputs use
  ConstantArguments constants_;
};

}  // namespace featc
