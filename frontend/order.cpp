// SPDX-License-Identifier: Apache-2.0
// In which order lets and fns can be checked: each after those that it uses.
#include "frontend/order.h"

#include <fmt/format.h>

namespace featc {

namespace {

// Definitions are numbered: lets first, then fns.
struct Use {
  uint32_t target = 0;
  Span span;
};

class Orderer {
 public:
  Orderer(const Ast& ast, const Names& names, Diagnostics& diagnostics)
      : ast_(ast), names_(names), diagnostics_(diagnostics), letCount_(static_cast<uint32_t>(ast.lets.size())) {}

  DefinitionOrder run() {
    auto count = static_cast<uint32_t>(letCount_ + ast_.fns.size());
    state_.assign(count, State::New);
    broken_.assign(count, false);
    for (uint32_t d = 0; d < count; ++d) visit(d);
    result_.brokenLet.assign(broken_.begin(), broken_.begin() + letCount_);
    result_.brokenFn.assign(broken_.begin() + letCount_, broken_.end());
    return std::move(result_);
  }

 private:
  enum class State : uint8_t { New, Open, Done };
  struct Frame {
    uint32_t definition = 0;
    std::vector<Use> uses;
    size_t next = 0;
  };

  // Depth first with a stack of its own: chains of definitions may be as long as the file.
  void visit(uint32_t root) {
    if (state_[root] != State::New) return;
    open(root);
    while (!path_.empty()) {
      Frame& top = path_.back();
      if (top.next == top.uses.size()) {
        state_[top.definition] = State::Done;
        result_.order.push_back({isFn(top.definition), index(top.definition)});
        path_.pop_back();
        continue;
      }
      Use use = top.uses[top.next++];
      if (state_[use.target] == State::New)
        open(use.target);
      else if (state_[use.target] == State::Open)
        reportCycle(use.target);
    }
  }

  void open(uint32_t definition) {
    state_[definition] = State::Open;
    path_.push_back({definition, usesOf(definition), 0});
  }

  bool isFn(uint32_t d) const { return d >= letCount_; }
  uint32_t index(uint32_t d) const { return isFn(d) ? d - letCount_ : d; }
  const Name& nameOf(uint32_t d) const { return isFn(d) ? ast_.fns[index(d)].name : ast_.lets[d].name; }

  std::vector<Use> usesOf(uint32_t d) const {
    const FnDecl* fn = isFn(d) ? &ast_.fns[index(d)] : nullptr;
    std::vector<Use> uses;
    uint32_t group = fn != nullptr ? kNoGroup : ast_.lets[d].group;
    addUses({fn != nullptr ? fn->body : ast_.lets[d].value}, fn, group, uses);
    if (fn != nullptr) addUses(fn->defaults, fn, group, uses);
    // What `it` is depends on the lists that the group goes over, which stand outside of it.
    if (group != kNoGroup) {
      addUses(ast_.groups[group].over, nullptr, kNoGroup, uses);
      addUses({ast_.groups[group].where}, nullptr, kNoGroup, uses);
    }
    return uses;
  }

  void addUses(std::vector<ExprId> pending, const FnDecl* fn, uint32_t group, std::vector<Use>& uses) const {
    while (!pending.empty()) {
      ExprId id = pending.back();
      pending.pop_back();
      if (id == kNoExpr) continue;
      const Expr& e = ast_.expr(id);
      if (e.kind == ExprKind::Name) {
        auto let = names_.let(ast_.text(e), group);
        if (let && (fn == nullptr || !findParam(*fn, ast_.text(e)))) uses.push_back({*let, e.span});
      } else if (e.kind == ExprKind::Call) {
        if (auto callee = names_.fn(ast_.text(e))) uses.push_back({letCount_ + *callee, e.nameSpan});
      }
      for (uint32_t i = e.childCount; i > 0; --i) pending.push_back(ast_.child(e, i - 1));
    }
  }

  // The cycle is the end of the path, from `start` on, and back to it.
  void reportCycle(uint32_t start) {
    size_t first = path_.size();
    while (path_[first - 1].definition != start) --first;
    --first;
    bool known = false;
    for (size_t i = first; i < path_.size(); ++i) known = known || broken_[path_[i].definition];
    for (size_t i = first; i < path_.size(); ++i) broken_[path_[i].definition] = true;
    if (known) return;

    constexpr size_t kShown = 8;
    size_t length = path_.size() - first;
    std::string chain;
    for (size_t i = first; i < path_.size(); ++i) {
      if (i - first == kShown) {
        chain += fmt::format("... ({} more) -> ", length - kShown);
        break;
      }
      chain += nameOf(path_[i].definition).text + " -> ";
    }
    chain += nameOf(start).text;
    const Name& name = nameOf(start);
    std::string message =
        isFn(start) ? fmt::format("fn \"{}\" calls itself: {}; a fn is inlined, so it cannot", name.text, chain)
                    : fmt::format("let \"{}\" depends on itself: {}", name.text, chain);
    Diagnostic& d = diagnostics_.report(DiagnosticKind::Cycle, name.span, std::move(message));
    for (size_t i = first; i < path_.size() && i - first < kShown; ++i) {
      const Use& use = path_[i].uses[path_[i].next - 1];
      d.note(use.span,
             fmt::format("\"{}\" uses \"{}\" here", nameOf(path_[i].definition).text, nameOf(use.target).text));
    }
  }

  const Ast& ast_;
  const Names& names_;
  Diagnostics& diagnostics_;
  uint32_t letCount_;
  std::vector<State> state_;
  std::vector<bool> broken_;
  std::vector<Frame> path_;
  DefinitionOrder result_;
};

}  // namespace

DefinitionOrder orderDefinitions(const Ast& ast, const Names& names, Diagnostics& diagnostics) {
  return Orderer(ast, names, diagnostics).run();
}

}  // namespace featc
