// SPDX-License-Identifier: Apache-2.0
// Checks outputs: their slots and other clauses, and whether their values can be emitted.
#include "frontend/output_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace featc {

namespace {

constexpr int64_t kMaxWidth = 65'536;
constexpr int64_t kMaxLength = 65'536;

void noteFlatten(Type type, Diagnostic& d) {
  if (type.isList() && type.element().isList()) d.note("the elements of all of them as one list: flatten(x)");
}

}  // namespace

void OutputChecker::run() {
  for (const OutputDecl& decl : checked_.ast.outputs) {
    if (decl.slot && decl.slot->value < int64_t{kMaxSlot}) freeSlot_ = std::max(freeSlot_, decl.slot->value + 1);
  }
  checkGroups();
  for (size_t i = 0; i < checked_.ast.outputs.size(); ++i) {
    const OutputDecl& decl = checked_.ast.outputs[i];
    checked_.info.outputs.push_back(checkClauses(decl));
    checkOutput(decl, checked_.outputs[i]);
  }
}

void OutputChecker::checkGroups() {
  for (uint32_t g = 0; g < checked_.ast.groups.size(); ++g) {
    const GroupDecl& group = checked_.ast.groups[g];
    exprs_.checkGroup(g);
    int64_t length = 0;
    for (auto [word, clause] : {std::pair("first", &group.first), {"last", &group.last}, {"length", &group.length}})
      if (*clause) length = inRange(word, **clause, 1, kMaxLength);
    lengths_.push_back(static_cast<uint32_t>(std::max<int64_t>(length, 1)));
    if (length > 0) continue;
    diagnostics_
        .report(
            DiagnosticKind::MissingClause, group.name.span,
            fmt::format("{} needs a length: the maximum number of elements",
                        group.nameless ? "a sequence group" : fmt::format("sequence group \"{}\"", group.name.text)))
        .note("write it before the \"{\": length 50, or first 50 or last 50");
  }
}

void OutputChecker::checkGroupWidth(const OutputDecl& decl, const OutputInfo& info) {
  if (uint64_t{info.width} * info.length <= kMaxGroupWidth) return;
  diagnostics_.report(DiagnosticKind::ClauseRange, decl.width->span,
                      fmt::format("with a length of {}, the width must be between 1 and {}, not {}", info.length,
                                  kMaxGroupWidth / info.length, info.width));
}

OutputInfo OutputChecker::checkClauses(const OutputDecl& decl) {
  OutputInfo info;
  info.kind = decl.kind;
  info.name = decl.name.text;
  info.shared = decl.shared.has_value();
  if (decl.group != kNoGroup) {
    info.group = checked_.ast.groups[decl.group].name.text;
    info.length = lengths_[decl.group];
    info.padLeft = checked_.ast.groups[decl.group].padLeft.has_value();
  }
  if (decl.kind == OutputKind::Dense) {
    info.hasWidth = decl.width.has_value();
    if (decl.width) info.width = static_cast<uint32_t>(inRange("width", *decl.width, 1, kMaxWidth));
    info.defaultValue = decl.defaultValue.value_or(0);
    if (!std::isfinite(info.defaultValue) || std::abs(info.defaultValue) > double{FLT_MAX}) {
      diagnostics_.report(DiagnosticKind::ClauseRange, decl.defaultSpan,
                          "the default must fit a float32, whose largest is about 3.4e38");
    }
    if (decl.group != kNoGroup) checkGroupWidth(decl, info);
    return info;
  }
  checkSlot(decl, info);
  if (decl.kind == OutputKind::Sparse) {
    if (decl.missing) {
      auto largest = static_cast<int64_t>(kPayloadMask);
      info.missing = inRange("missing", *decl.missing, 0, largest);
    }
    return info;
  }
  info.padLeft = decl.padLeft.has_value();
  if (decl.length)
    info.length = static_cast<uint32_t>(inRange("length", *decl.length, 1, kMaxLength));
  else
    needClause(decl, "length", "length 50");
  return info;
}

void OutputChecker::checkSlot(const OutputDecl& decl, OutputInfo& info) {
  if (!decl.slot) {
    needClause(decl, "slot", fmt::format("slot {}", freeSlot_));
    return;
  }
  info.slot = static_cast<uint32_t>(inRange("slot", *decl.slot, 1, int64_t{kMaxSlot}));
  if (info.slot != decl.slot->value) return;
  auto [it, isNew] = slots_.try_emplace(decl.slot->value, &decl);
  const OutputDecl& first = *it->second;
  if (isNew || (first.shared && decl.shared)) return;
  std::string_view who = first.shared ? "this one does not say so" : decl.shared ? "that one does not say so" : "";
  diagnostics_
      .report(DiagnosticKind::SlotClash, decl.slot->span,
              fmt::format("slot {} belongs to \"{}\" already; two outputs share a slot only if both say \"shared\"{}{}",
                          info.slot, first.name.text, who.empty() ? "" : ", and ", who))
      .note(first.slot->span, fmt::format("\"{}\" takes slot {} here", first.name.text, info.slot))
      .note(fmt::format("slot {} is free", freeSlot_));
}

int64_t OutputChecker::inRange(std::string_view clause, const IntClause& value, int64_t low, int64_t high) {
  if (value.value >= low && value.value <= high) return value.value;
  diagnostics_.report(DiagnosticKind::ClauseRange, value.span,
                      fmt::format("{} must be between {} and {}, not {}", clause, low, high, value.value));
  return low;
}

void OutputChecker::needClause(const OutputDecl& decl, std::string_view clause, const std::string& example) {
  diagnostics_
      .report(DiagnosticKind::MissingClause, decl.name.span,
              fmt::format("{} \"{}\" needs a {}", outputKindName(decl.kind), decl.name.text, clause))
      .note(fmt::format("write it before the \"=\": {}", example));
}

void OutputChecker::checkOutput(const OutputDecl& decl, OutputPlan& plan) {
  Type type = exprs_.checkValueInGroup(decl.value, decl.group);
  if (type.isNone() || exprs_.rejectRow(decl.value)) return;
  exprs_.checkQuotedName(decl.value);
  if (decl.group != kNoGroup) exprs_.checkUsesElement(decl.value, decl.group);
  switch (decl.kind) {
    case OutputKind::Sparse: return planSparse(decl, type, plan);
    case OutputKind::Dense: return planDense(decl, type, plan);
    case OutputKind::Sequence: return planSequence(decl, type, plan);
  }
}

void OutputChecker::add(OutputPlan& plan, std::string_view op) { plan.steps.push_back(operators().find(op)); }

Diagnostic& OutputChecker::badType(const OutputDecl& decl, std::string message) {
  return diagnostics_.report(DiagnosticKind::OutputType, checked_.ast.expr(decl.value).span, std::move(message));
}

void OutputChecker::planIds(const OutputDecl& decl, Type type, OutputPlan& plan) {
  switch (type.isList() ? type.element().kind() : type.kind()) {
    case Kind::Int64: return;
    case Kind::Bool: return add(plan, "int");
    case Kind::String: return add(plan, "hash");
    case Kind::Float64: warnFloatId(decl); return add(plan, "hash");
    default: noteFlatten(type, badType(decl, fmt::format("{} cannot become ids", toString(type))));
  }
}

void OutputChecker::planSparse(const OutputDecl& decl, Type type, OutputPlan& plan) {
  if (type.isMap()) {
    if (!type.value().isNumber()) {
      badType(decl, fmt::format("the values of a map become weights, so they must be numbers, not {}",
                                toString(type.value())))
          .note("the keys alone: map_keys(x)");
      return;
    }
    add(plan, "map_weighted");
    if (type.key().is(Kind::String)) add(plan, "hash_weighted");
    return;
  }
  if (!type.isWeighted()) return planIds(decl, type, plan);
  switch (type.element().kind()) {
    case Kind::Int64: return;
    case Kind::Bool: return add(plan, "int_weighted");
    case Kind::Float64: warnFloatId(decl); [[fallthrough]];
    default: return add(plan, "hash_weighted");
  }
}

void OutputChecker::warnFloatId(const OutputDecl& decl) {
  diagnostics_
      .report(DiagnosticKind::FloatId, checked_.ast.expr(decl.value).span,
              fmt::format("each different float becomes a separate id in {} \"{}\"", outputKindName(decl.kind),
                          decl.name.text))
      .note("put it in bands with bucketize(x, [...]), or write int(x) where it is a whole number");
}

void OutputChecker::planDense(const OutputDecl& decl, Type type, OutputPlan& plan) {
  Type single = type.isList() ? type.element() : type;
  if (single.is(Kind::String)) {
    badType(decl, "a dense output is a number, not a string")
        .note("a string that holds a number becomes one with float(x)")
        .note("a string as an id is a sparse output");
    return;
  }
  if (type.isMap()) {
    badType(decl, fmt::format("a dense output is a number or a list of them, not {}", toString(type.present())))
        .note("the value of one key: lookup(x, key); all in the order of the keys: map_values(x) with a width");
    return;
  }
  if (type.isWeighted()) {
    badType(decl, "weighted ids are for a sparse output");
    return;
  }
  if (!single.isScalar()) {
    noteFlatten(type, badType(decl, fmt::format("a dense output is a number or a list of them, not {}",
                                                toString(type.present()))));
    return;
  }
  if (type.isList() && !decl.width) {
    diagnostics_
        .report(DiagnosticKind::MissingClause, decl.name.span,
                fmt::format("dense \"{}\" is a list, so it needs a width", decl.name.text))
        .note(fmt::format("write: dense {} width 8 = ...; a shorter list is filled up, a longer one cut",
                          written(decl.name.text)))
        .note("or make one number of it: avg(x), max(x), x[0]");
  }
  if (!type.isList() && decl.width && decl.width->value > 1) {
    diagnostics_
        .report(DiagnosticKind::ClauseRange, decl.width->span,
                fmt::format("this is a single number, its width is 1, not {}", decl.width->value))
        .note("several numbers are a list: [a, b, c]");
  }
  if (!single.is(Kind::Float64)) add(plan, "float");
}

void OutputChecker::planSequence(const OutputDecl& decl, Type type, OutputPlan& plan) {
  if (type.isWeighted()) {
    badType(decl, "a sequence has no weights, weighted ids are for a sparse output");
  } else if (type.isMap()) {
    badType(decl, fmt::format("a sequence is a list, not {}", toString(type.present())))
        .note("the keys in their order: map_keys(x)");
  } else if (!type.isList()) {
    badType(decl, fmt::format("a sequence is a list, not {}", toString(type.present())))
        .note("a single id is a sparse output");
  } else {
    planIds(decl, type, plan);
  }
}

}  // namespace featc
