// SPDX-License-Identifier: Apache-2.0
// From an Ast to its graph: check everything, then lower what the outputs need.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/declarations.h"
#include "frontend/expr_checker.h"
#include "frontend/frontend.h"
#include "frontend/id_range.h"
#include "frontend/output_checker.h"
#include "ir/constants.h"

namespace featc {

namespace {

// Names shown in the summary of unused fields.
constexpr size_t kShownFields = 8;

void warnUnusedFields(const Names& names, const Usage& usage, bool each, Diagnostics& diagnostics) {
  std::vector<const FieldInfo*> unused;
  for (size_t i = 0; i < names.fields().size(); ++i) {
    if (!usage.fields[i]) unused.push_back(&names.fields()[i]);
  }
  if (unused.empty()) return;
  if (each) {
    for (const FieldInfo* f : unused) {
      diagnostics.report(DiagnosticKind::UnusedFields, f->span,
                         fmt::format("{} field \"{}\" is not used", scopeName(f->scope), f->name));
    }
    return;
  }
  std::string list;
  for (size_t i = 0; i < unused.size() && i < kShownFields; ++i)
    list += fmt::format("{}{}.{}", i > 0 ? ", " : "", scopeName(unused[i]->scope), written(unused[i]->name));
  if (unused.size() > kShownFields) list += fmt::format(" and {} more", unused.size() - kShownFields);
  diagnostics.report(DiagnosticKind::UnusedFields, unused[0]->span,
                     fmt::format("{} of {} fields {} not used: {}", unused.size(), names.fields().size(),
                                 unused.size() == 1 ? "is" : "are", list));
}

// Only of the main file: what an import offers need not all be used.
void warnUnused(const Ast& ast, const Names& names, const Usage& usage, const FrontendOptions& options,
                Diagnostics& diagnostics) {
  auto warn = [&](DiagnosticKind kind, const Name& name, bool isUsed, std::string_view what, std::string_view verb) {
    if (isUsed || name.span.file != ast.mainFile) return;
    diagnostics.report(kind, name.span, fmt::format("{} \"{}\" is not {}", what, name.text, verb));
  };
  for (size_t i = 0; i < ast.lets.size(); ++i)
    warn(DiagnosticKind::UnusedLet, ast.lets[i].name, usage.lets[i], "let", "used");
  for (size_t i = 0; i < ast.externs.size(); ++i)
    warn(DiagnosticKind::UnusedFn, ast.externs[i].name, usage.externs[i], "extern fn", "used");
  for (size_t i = 0; i < ast.sources.size(); ++i)
    warn(DiagnosticKind::UnusedSource, ast.sources[i].name, usage.sources[i], "source", "read");
  for (size_t i = 0; i < ast.fns.size(); ++i) {
    const FnDecl& fn = ast.fns[i];
    warn(DiagnosticKind::UnusedFn, fn.name, usage.fns[i], "fn", "used");
    if (fn.name.span.file != ast.mainFile) continue;
    for (size_t p = 0; p < fn.params.size(); ++p) {
      if (usage.params[i][p]) continue;
      diagnostics.report(
          DiagnosticKind::UnusedParameter, fn.params[p].name.span,
          fmt::format("parameter \"{}\" of fn \"{}\" is not used", fn.params[p].name.text, fn.name.text));
    }
  }
  warnUnusedFields(names, usage, options.warnUnusedFields, diagnostics);
}

void warnEmptyGroups(const Ast& ast, Diagnostics& diagnostics) {
  std::vector<bool> emits(ast.groups.size());
  for (const OutputDecl& output : ast.outputs)
    if (output.group != kNoGroup) emits[output.group] = true;
  for (size_t i = 0; i < ast.groups.size(); ++i) {
    if (emits[i]) continue;
    const GroupDecl& group = ast.groups[i];
    diagnostics
        .report(
            DiagnosticKind::EmptyGroup, group.name.span,
            fmt::format("{} has no output, so it makes no feature",
                        group.nameless ? "this sequence group" : fmt::format("sequence group \"{}\"", group.name.text)))
        .note("its lines are sparse NAME slot N = ..., dense NAME = ...");
  }
}

// False after a report: the graph grows too large, or a constant that came through a fn is bad.
bool lowerOutputs(const CheckedAst& checked, const Sources& sources, const FrontendLimits& limits, Graph& graph,
                  Diagnostics& diagnostics) {
  Lowering lowering(checked, graph, sources, limits, diagnostics);
  bool ok = true;
  for (size_t i = 0; i < checked.ast.outputs.size(); ++i) {
    const OutputDecl& decl = checked.ast.outputs[i];
    const std::vector<const Operator*>& steps = checked.outputs[i].steps;
    bool inGroup = decl.group != kNoGroup;
    NodeId node = inGroup ? lowering.lowerEach(decl.value, decl.group, steps) : lowering.lower(decl.value);
    if (node == kNoNode) {
      ok = false;
      continue;
    }
    for (size_t step = 0; !inGroup && step < steps.size(); ++step)
      node = graph.call(*steps[step], std::span<const NodeId>(&node, 1), checked.ast.expr(decl.value).span);
    OutputInfo& info = graph.info().outputs[i];
    info.type = graph.node(node).type;
    info.scope = graph.node(node).scope;
    info.countLostBits = decl.kind != OutputKind::Dense && mayLoseBits(graph, node);
    graph.addOutput(node);
  }
  return ok;
}

// What constants alone make is the same for every row: beyond a limit, no row could ever be right.
bool checkConstants(const Graph& graph, Diagnostics& diagnostics) {
  ConstantEvaluator evaluator(graph, kMaxConstantEffort);
  bool ok = true;
  for (NodeId id = 0; id < graph.size(); ++id) {
    if (!isConstantCall(graph, id) || !evaluator.failed(id)) continue;
    ok = false;
    if (evaluator.exhausted()) {
      diagnostics.report(DiagnosticKind::ConstantTooLarge, graph.node(id).origin,
                         fmt::format("with this, expressions of constants take more than {} elements or {} steps",
                                     kMaxConstantEffort, kMaxConstantSteps));
      break;
    }
    bool cause = std::ranges::none_of(graph.args(id), [&](NodeId arg) { return evaluator.failed(arg); });
    if (!cause) continue;
    if (isExtern(*graph.node(id).op)) {
      diagnostics.report(DiagnosticKind::BadConstant, graph.node(id).origin,
                         fmt::format("extern fn \"{}\" fails for these constants", graph.node(id).op->name));
      continue;
    }
    diagnostics.report(
        DiagnosticKind::ConstantTooLarge, graph.node(id).origin,
        fmt::format("this makes a list of more than {} elements or a string of more than {} bytes, or has too "
                    "much to compare",
                    kMaxElements, kMaxStringBytes));
  }
  return ok;
}

}  // namespace

Graph makeGraph(const Ast& ast, const FrontendOptions& options, const Sources& sources, Diagnostics& diagnostics) {
  CheckedAst checked(ast);
  Names names(ast, diagnostics);
  checked.info = checkDeclarations(ast, names, options.plugins, diagnostics);
  DefinitionOrder order = orderDefinitions(ast, names, diagnostics);
  ExprChecker exprs(checked, names, order, sources, options.limits, diagnostics);
  for (Definition d : order.order) d.isFn ? exprs.checkFn(d.index) : exprs.checkLet(d.index);
  OutputChecker(checked, exprs, diagnostics).run();
  if (diagnostics.hasErrors()) return {};
  warnUnused(ast, names, exprs.usage(), options, diagnostics);
  warnEmptyGroups(ast, diagnostics);
  Graph graph;
  graph.info() = checked.info;
  if (!lowerOutputs(checked, sources, options.limits, graph, diagnostics)) return {};
  if (!checkConstants(graph, diagnostics)) return {};
  return graph;
}

}  // namespace featc
