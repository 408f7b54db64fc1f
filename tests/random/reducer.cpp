// SPDX-License-Identifier: Apache-2.0
// Greedy: takes every smaller case that still fails, until none does.
#include "tests/random/reducer.h"

#include <functional>

#include "tests/random/constants.h"

namespace featc {
namespace {

// What could stand in place of `e`: operands of its type, a plain literal, a let's own value.
std::vector<ExprPtr> simpler(const RandomExpr& e, const RandomProgram& program) {
  std::vector<ExprPtr> out;
  if (ExprPtr plain = plainLiteral(e.type); plain != nullptr && plain->text != e.text) out.push_back(plain);
  std::function<void(const RandomExpr&)> operands = [&](const RandomExpr& parent) {
    for (const ExprPtr& c : parent.children) {
      if (c == nullptr) continue;
      if (c->type.same(e.type) && c->kind != RandomExpr::Kind::Literal) out.push_back(c);
      operands(*c);
    }
  };
  operands(e);
  if (e.kind == RandomExpr::Kind::Name)
    for (const RandomLet& l : program.lets)
      if (l.name == e.text) out.push_back(l.value);
  // An optional argument left out, one argument less of many.
  if (e.kind == RandomExpr::Kind::Operator) {
    for (size_t i = 0; i < e.children.size(); ++i) {
      if (e.children[i] == nullptr) continue;
      RandomExpr without = e;
      if (i < e.op->params.size() && e.op->params[i].isOptional)
        without.children[i] = nullptr;
      else if (i >= e.op->params.size())
        without.children.erase(without.children.begin() + static_cast<ptrdiff_t>(i));
      else
        continue;
      out.push_back(std::make_shared<RandomExpr>(std::move(without)));
    }
  }
  return out;
}

// Calls `visit` with every variant of `e` in which one part is simpler; stops when it returns true.
bool variants(const ExprPtr& e, const RandomProgram& program, const std::function<bool(const ExprPtr&)>& visit) {
  for (const ExprPtr& s : simpler(*e, program))
    if (visit(s)) return true;
  for (size_t i = 0; i < e->children.size(); ++i) {
    if (e->children[i] == nullptr) continue;
    bool taken = variants(e->children[i], program, [&](const ExprPtr& child) {
      RandomExpr changed = *e;
      changed.children[i] = child;
      return visit(std::make_shared<RandomExpr>(std::move(changed)));
    });
    if (taken) return true;
  }
  return false;
}

class Reducer {
 public:
  Reducer(RandomCase failing, std::string kind, bool enginesOnly, int tries)
      : best_(std::move(failing)), kind_(std::move(kind)), tries_(tries) {
    options_.enginesOnly = enginesOnly;
  }

  RandomCase run() {
    auto shrinkOnce = [this] {
      bool shrunk = outputs();
      shrunk = requests() || shrunk;
      shrunk = items() || shrunk;
      shrunk = clauses() || shrunk;
      shrunk = expressions() || shrunk;
      return cells() || shrunk;
    };
    while (tries_ > 0 && shrinkOnce()) {
    }
    return std::move(best_);
  }

 private:
  bool take(RandomCase smaller) {
    if (tries_-- <= 0) return false;
    smaller.program = smaller.program.withoutUnused();
    std::optional<Disagreement> d = check(smaller, options_);
    if (!d || d->kind != kind_) return false;
    best_ = std::move(smaller);
    return true;
  }

  bool outputs() {
    bool any = false;
    for (size_t i = best_.program.outputs.size(); i-- > 0 && best_.program.outputs.size() > 1;) {
      RandomCase c = best_;
      c.program.outputs.erase(c.program.outputs.begin() + static_cast<ptrdiff_t>(i));
      any |= take(std::move(c));
    }
    return any;
  }

  bool requests() {
    bool any = false;
    for (size_t i = best_.data.itemCounts.size(); i-- > 0;) {
      RandomCase c = best_;
      c.data = c.data.withoutRequest(i);
      any |= take(std::move(c));
    }
    return any;
  }

  bool items() {
    bool any = false;
    // Halves first: a batch of a thousand items would take a thousand steps.
    for (size_t r = 0; r < best_.data.itemCounts.size(); ++r) {
      for (int64_t half = best_.data.itemCounts[r] / 2; half > 0; half /= 2) {
        for (bool front : {true, false}) {
          if (best_.data.itemCounts[r] < half) continue;
          RandomCase c = best_;
          for (int64_t i = 0; i < half; ++i) c.data = c.data.withoutItem(r, front ? 0 : c.data.itemCounts[r] - 1);
          any |= take(std::move(c));
        }
      }
    }
    return any;
  }

  // Those of sequence groups.
  bool clauses() {
    bool any = false;
    for (size_t g = 0; g < best_.program.groups.size(); ++g) {
      auto without = [&](auto&& change) {
        RandomCase c = best_;
        RandomGroup& group = c.program.groups[g];
        change(group);
        if (group.length == 0 && group.first == 0 && group.last == 0) group.length = 6;
        any |= take(std::move(c));
      };
      const RandomGroup& group = best_.program.groups[g];
      if (group.where != nullptr) without([](RandomGroup& r) { r.where = nullptr; });
      if (group.first > 0) without([](RandomGroup& r) { r.first = 0; });
      if (group.last > 0) without([](RandomGroup& r) { r.last = 0; });
    }
    return any;
  }

  // Simplifies one part of each expression after another; `at` finds the expression in a case.
  bool simplify(const std::function<ExprPtr&(RandomProgram&)>& at) {
    bool any = false;
    for (bool again = true; again && tries_ > 0;) {
      ExprPtr from = at(best_.program);
      RandomProgram program = best_.program;
      again = variants(from, program, [&](const ExprPtr& smaller) {
        RandomCase c = best_;
        at(c.program) = smaller;
        return tries_ <= 0 || take(std::move(c));
      });
      any |= again;
    }
    return any;
  }

  bool expressions() {
    bool any = false;
    for (size_t i = 0; i < best_.program.outputs.size(); ++i)
      any |= simplify([i](RandomProgram& p) -> ExprPtr& { return p.outputs[i].value; });
    for (size_t i = 0; i < best_.program.lets.size(); ++i) {
      std::string name = best_.program.lets[i].name;
      any |= simplify([&, name](RandomProgram& p) -> ExprPtr& {
        for (RandomLet& l : p.lets)
          if (l.name == name) return l.value;
        return p.outputs[0].value;
      });
    }
    for (size_t i = 0; i < best_.program.fns.size(); ++i) {
      std::string name = best_.program.fns[i].name;
      any |= simplify([&, name](RandomProgram& p) -> ExprPtr& {
        for (RandomFn& f : p.fns)
          if (f.name == name) return f.body;
        return p.outputs[0].value;
      });
    }
    return any;
  }

  bool cells() {
    bool any = false;
    std::erase_if(best_.data.columns, [&](const RandomData::Column& c) {
      for (const RandomField& f : best_.program.fields)
        if (f.name == c.field.name) return false;
      return true;
    });
    for (size_t i = 0; i < best_.data.columns.size(); ++i) {
      if (best_.data.columns[i].layout != 0) {
        RandomCase c = best_;
        c.data.columns[i].layout = 0;
        any |= take(std::move(c));
      }
      for (size_t row = 0; row < best_.data.columns[i].rows.size(); ++row) any |= cell(i, row);
    }
    return any;
  }

  bool cell(size_t column, size_t row) {
    const Value value = best_.data.columns[column].rows[row];
    if (value.isMissing()) return false;
    bool any = false;
    if (best_.data.columns[column].field.type.nullable()) {
      RandomCase c = best_;
      c.data.columns[column].rows[row] = Value();
      if (take(std::move(c))) return true;
    }
    for (size_t e = value.isList() ? value.asList().size() : 0; e-- > 0;) {
      RandomCase c = best_;
      Value::Elements elements = c.data.columns[column].rows[row].asList();
      elements.erase(elements.begin() + static_cast<ptrdiff_t>(e));
      c.data.columns[column].rows[row] = Value::list(std::move(elements));
      any |= take(std::move(c));
    }
    return any;
  }

  RandomCase best_;
  std::string kind_;
  int tries_;
  CheckOptions options_;
};

}  // namespace

RandomCase reduce(RandomCase failing, const std::string& kind, bool enginesOnly, int tries) {
  return Reducer(std::move(failing), kind, enginesOnly, tries).run();
}

}  // namespace featc
