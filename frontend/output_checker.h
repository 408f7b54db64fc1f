// SPDX-License-Identifier: Apache-2.0
// Checks outputs: their slots and other clauses, and whether their values can be emitted.
#pragma once

#include <string>
#include <unordered_map>

#include "frontend/expr_checker.h"

namespace featc {

class OutputChecker {
 public:
  OutputChecker(CheckedAst& checked, ExprChecker& exprs, Diagnostics& diagnostics)
      : checked_(checked), exprs_(exprs), diagnostics_(diagnostics) {}

  // Fills CheckedAst::info.outputs (but for type and scope) and the plans.
  void run();

 private:
  void checkOutput(const OutputDecl& decl, OutputPlan& plan);
  OutputInfo checkClauses(const OutputDecl& decl);
  void checkGroups();
  // A dense output of a group has a limit on all its numbers of a row.
  void checkGroupWidth(const OutputDecl& decl, const OutputInfo& info);
  void checkSlot(const OutputDecl& decl, OutputInfo& info);
  // `value` within low..high, else a report and `low`.
  int64_t inRange(std::string_view clause, const IntClause& value, int64_t low, int64_t high);
  void needClause(const OutputDecl& decl, std::string_view clause, const std::string& example);

  void planSparse(const OutputDecl& decl, Type type, OutputPlan& plan);
  void planDense(const OutputDecl& decl, Type type, OutputPlan& plan);
  void planSequence(const OutputDecl& decl, Type type, OutputPlan& plan);
  // How single values, or those of a list, become integers of an id.
  void planIds(const OutputDecl& decl, Type type, OutputPlan& plan);
  void warnFloatId(const OutputDecl& decl);
  void add(OutputPlan& plan, std::string_view op);
  Diagnostic& badType(const OutputDecl& decl, std::string message);

  CheckedAst& checked_;
  ExprChecker& exprs_;
  Diagnostics& diagnostics_;
  std::unordered_map<int64_t, const OutputDecl*> slots_;
  std::vector<uint32_t> lengths_;  // by group
  int64_t freeSlot_ = 1;           // above every slot that is taken
};

}  // namespace featc
