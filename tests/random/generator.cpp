// SPDX-License-Identifier: Apache-2.0
// The declarations and outputs of a random program, one after another.
#include "tests/random/generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/random/constants.h"
#include "tests/random/expressions.h"
#include "tests/random/random_scope.h"
#include "tests/random/related_outputs.h"

namespace featc {
namespace {

class Generator {
 public:
  Generator(Rng& rng, uint32_t semantics, const Choice& choice, OperatorUse& use)
      : rng_(rng), scope_{rng, choice, use} {
    program_.semantics = semantics;
  }

  RandomProgram run() {
    static const std::vector<HashFamily> kFamilies = {HashFamily::Xxh3, HashFamily::Xxh3, HashFamily::Farm,
                                                      HashFamily::Murmur3};
    if (scope_.choice.has(Feature::HashFamilies)) program_.hashFamily = rng_.pick(kFamilies);
    for (uint64_t i = rng_.below(3); i > 0; --i) scope_.newField(scope_.inputType());
    if (scope_.may(Feature::Structs, 25)) {
      std::string list = newStructList();
      for (uint64_t i = scope_.may(Feature::Wholes, 60) ? 1 + rng_.below(3) : 0; i > 0; --i) list = newWhole(list);
    }
    for (uint64_t i = scope_.may(Feature::Fns, 40) ? 1 + rng_.below(2) : 0; i > 0; --i) newFn();
    for (uint64_t i = rng_.below(3); i > 0; --i) newLet();
    for (uint64_t i = scope_.may(Feature::Reads, 30) ? 1 + rng_.below(2) : 0; i > 0; --i) newRead();
    for (uint64_t i = 1 + rng_.below(8); i > 0; --i) newOutput({});
    if (rng_.chance(15)) related_.newComparisons();
    if (rng_.chance(15)) related_.newHashes();
    if (scope_.may(Feature::Groups, 30)) newGroup();
    return std::move(program_).withoutUnused();
  }

 private:
  // Its name.
  std::string newStructList() {
    Scope scope = rng_.chance(40) ? Scope::Request : Scope::Item;
    std::string list = fmt::format("c{}", program_.fields.size());
    bool nullable = rng_.chance(50);
    for (uint64_t i = 1 + rng_.below(4); i > 0; --i) {
      Type type = Type::list(scope_.memberType(1)).withNullable(nullable);
      program_.fields.push_back({scope, fmt::format("{}.m{}", list, i), type, list});
      scope_.names.push_back({program_.fields.back().name, type});
    }
    return list;
  }

  struct Member {
    std::string name;
    Type type;
  };
  // The members of a list of structs, a field or let of that name, that can be named.
  std::vector<Member> membersOf(const std::string& list) const {
    std::vector<Member> members;
    for (const RandomScope::Named& n : scope_.names)
      if (n.text.starts_with(list + "."))
        if (std::string name = n.text.substr(list.size() + 1); name.find('.') == std::string::npos)
          members.push_back({name, n.type});
    return members;
  }

  // A let of what an operator makes of a list of structs; its name, or the list's where it makes none.
  std::string newWhole(const std::string& list) {
    static const std::vector<std::string_view> kOperators = {"head", "tail",    "slice",   "reverse", "mask",
                                                             "len",  "sort_by", "topk_by", "index",   "sort_by"};
    const Operator* op = operators().find(rng_.pick(kOperators));
    if (op == nullptr || !scope_.choice.mayCall(op->name)) return list;
    std::vector<Member> members = membersOf(list);
    RandomExpr e{RandomExpr::Kind::Operator, Type(), "", op, {}};
    e.children.push_back(std::make_shared<RandomExpr>(RandomExpr{RandomExpr::Kind::Name, Type(), list, nullptr, {}}));
    auto add = [&](Type type) { e.children.push_back(expressions_.expression(type, 2)); };
    // A member of the same list often.
    auto addKeys = [&](Type type) {
      std::vector<std::string> fitting;
      for (const Member& m : members)
        if (m.type.isList() && (m.type.same(type) || (op->name == "sort_by" && m.type.element().isScalar() &&
                                                      !m.type.element().is(Kind::Bool))))
          fitting.push_back(m.name);
      if (fitting.empty() || rng_.chance(20)) return add(type);
      e.children.push_back(std::make_shared<RandomExpr>(
          RandomExpr{RandomExpr::Kind::Member, type, fmt::format("{}.{}", list, rng_.pick(fitting)), nullptr, {}}));
    };
    if (op->name == "mask") addKeys(Type::list(Type::boolean()));
    if (op->name == "sort_by" || op->name == "topk_by") addKeys(Type::list(Type::float64()));
    if (op->name == "slice") add(Type::int64());
    if (op->name == "sort_by" && rng_.chance(50)) e.children.push_back(randomLiteral(rng_, Type::boolean()));
    if (op->name == "head" || op->name == "tail" || op->name == "slice" || op->name == "index" || op->name == "topk_by")
      add(Type::int64());
    ++scope_.use[std::string(op->name)];
    std::string let = fmt::format("v{}", program_.lets.size());
    bool isLen = op->name == "len";
    bool isIndex = op->name == "index";
    e.type = isLen ? Type::int64() : Type();
    program_.lets.push_back({let, std::make_shared<RandomExpr>(std::move(e))});
    if (isLen) {
      scope_.names.push_back({let, Type::int64().withNullable()});
      return list;
    }
    for (const Member& m : members)
      scope_.names.push_back({fmt::format("{}.{}", let, m.name), (isIndex ? m.type.element() : m.type).withNullable(),
                              RandomExpr::Kind::Member});
    return isIndex ? list : let;
  }

  // Lists often: operators of the body map over them.
  Type paramType() {
    Type type = rng_.chance(25) ? Type::list(scope_.scalarType()) : scope_.inputType();
    return type.withNullable(rng_.chance(70));
  }

  void newFn() {
    RandomFn fn{fmt::format("fn{}", program_.fns.size()), {}, {}, nullptr};
    for (uint64_t i = 1 + rng_.below(3); i > 0; --i)
      fn.params.push_back({fmt::format("{}_p{}", fn.name, i), paramType()});
    fn.defaults.resize(fn.params.size());
    if (scope_.may(Feature::Defaults, 40))
      for (size_t i = rng_.below(fn.params.size()); i < fn.params.size(); ++i)
        fn.defaults[i] = expressions_.literal(fn.params[i].type);
    std::vector<RandomScope::Named> params;
    for (const SourceField& p : fn.params) params.push_back({p.name, p.type});
    // The body sees its parameters, and the fields that are there already.
    std::vector<RandomScope::Named> outer = std::exchange(scope_.names, params);
    if (rng_.chance(30)) scope_.names.insert(scope_.names.end(), outer.begin(), outer.end());
    scope_.mayAddFields = false;
    fn.body = expressions_.expression(scope_.letType(), 2);
    scope_.mayAddFields = true;
    scope_.names = std::move(outer);
    program_.fns.push_back(std::move(fn));
  }

  void newLet(std::optional<size_t> group = {}) {
    RandomLet let{fmt::format("v{}", program_.lets.size()), expressions_.expression(scope_.letType(), 3), group};
    scope_.names.push_back({let.name, let.value->type, RandomExpr::Kind::Name, group.has_value()});
    program_.lets.push_back(std::move(let));
  }

  // A source and one read of it, keyed by an expression: perhaps by what another read returned.
  void newRead(std::optional<size_t> group = {}) {
    RandomSource source{fmt::format("s{}", program_.sources.size()), {}, {}};
    bool aligned = !group && rng_.chance(30);
    uint64_t keys = aligned || rng_.chance(80) ? 1 : 2;
    RandomExpr read{RandomExpr::Kind::Read,
                    Type::row(static_cast<uint32_t>(program_.sources.size()), aligned),
                    source.name,
                    nullptr,
                    {}};
    for (uint64_t i = 0; i < keys; ++i) {
      Type key = rng_.chance(50) ? Type::int64() : Type::string();
      source.keys.push_back({fmt::format("k{}", i), key});
      read.children.push_back(expressions_.expression(aligned ? Type::list(key) : key, 2));
    }
    std::string let = fmt::format("v{}", program_.lets.size());
    auto addField = [&](SourceField field) {
      Type seen = aligned ? Type::list(field.type) : field.type;
      scope_.names.push_back(
          {let + "." + field.name, seen.withNullable(), RandomExpr::Kind::Member, group.has_value()});
      source.fields.push_back(std::move(field));
    };
    for (uint64_t i = 1 + rng_.below(3); i > 0; --i)
      addField({fmt::format("g{}", i), scope_.memberType(aligned ? 1 : 0)});
    if (scope_.may(Feature::Structs, 20))
      for (uint64_t i = 1 + rng_.below(3); i > 0; --i)
        addField({fmt::format("g.m{}", i), Type::list(scope_.memberType(aligned ? 2 : 1)), "g"});
    program_.sources.push_back(std::move(source));
    program_.lets.push_back({let, std::make_shared<RandomExpr>(std::move(read)), group});
    if (!aligned && !group && !program_.sources.back().fields.back().structList.empty() &&
        scope_.may(Feature::Wholes, 50))
      newWhole(let + ".g");
  }

  // What a group goes over: a list of structs, or one to three lists; and the elements.
  std::vector<RandomScope::Named> newGroupLists(RandomGroup& group) {
    std::vector<RandomScope::Named> elements;
    auto add = [&](std::string text, Type element) {
      elements.push_back({std::move(text), element.withNullable(), RandomExpr::Kind::Name, true});
    };
    if (scope_.may(Feature::Structs, 35)) {
      std::string list = newStructList();
      for (uint64_t i = scope_.may(Feature::Wholes, 50) ? 1 + rng_.below(2) : 0; i > 0; --i) list = newWhole(list);
      for (const Member& m : membersOf(list)) add("it." + m.name, m.type.element());
      group.over.push_back(std::move(list));
      return elements;
    }
    for (uint64_t i = 1 + rng_.below(3); i > 0; --i) {
      Type element = scope_.may(Feature::Nested, 25) ? scope_.memberType(1) : scope_.scalarType();
      group.over.push_back(scope_.newField(Type::list(element).withNullable(rng_.chance(50))).text);
      add("it." + group.over.back(), element);
    }
    if (elements.size() == 1) elements[0].text = "it";
    return elements;
  }

  // A sequence group with some lines.
  void newGroup() {
    RandomGroup group{fmt::format("r{}", program_.groups.size()), {}, static_cast<uint32_t>(1 + rng_.below(6))};
    std::vector<RandomScope::Named> elements = newGroupLists(group);
    // Often enough that most lines use an element.
    for (int copies = 0; copies < 4; ++copies)
      scope_.names.insert(scope_.names.end(), elements.begin(), elements.end());
    group.padLeft = scope_.may(Feature::Clauses, 30);
    if (scope_.may(Feature::Clauses, 40)) group.where = expressions_.expression(Type::boolean(), 3);
    if (scope_.may(Feature::Clauses, 40)) {
      (rng_.chance(50) ? group.first : group.last) = static_cast<uint32_t>(1 + rng_.below(5));
      if (rng_.chance(50)) group.length = 0;
    }
    size_t index = program_.groups.size();
    program_.groups.push_back(std::move(group));
    if (rng_.chance(30)) newLet(index);
    if (scope_.may(Feature::Reads, 20)) newRead(index);
    // What is the group's own is wanted more than the rest.
    std::vector<RandomScope::Named> own;
    std::ranges::copy_if(scope_.names, std::back_inserter(own), [](const RandomScope::Named& n) { return n.ofGroup; });
    for (int copies = 0; copies < 2; ++copies) scope_.names.insert(scope_.names.end(), own.begin(), own.end());
    for (uint64_t i = 1 + rng_.below(5); i > 0; --i) newOutput(index);
    std::erase_if(scope_.names, [](const RandomScope::Named& n) { return n.ofGroup; });
  }

  void newOutput(std::optional<size_t> group) {
    auto index = static_cast<uint32_t>(program_.outputs.size());
    if (index > 0 && rng_.chance(35))
      if (const RandomOutput& other = program_.outputs[rng_.below(index)]; other.group == group)
        return related_.addSister(other);
    RandomOutput o;
    o.group = group;
    o.name = fmt::format("o{}", index);
    o.kind = rng_.pick(
        std::vector<OutputKind>{OutputKind::Sparse, OutputKind::Sparse, OutputKind::Dense, OutputKind::Sequence});
    if (group && o.kind == OutputKind::Sequence) o.kind = OutputKind::Sparse;
    Type type = scope_.scalarType();
    if (o.kind == OutputKind::Dense) {
      while (type.is(Kind::String)) type = scope_.scalarType();
      if (rng_.chance(35)) {
        type = Type::list(type);
        o.width = static_cast<uint32_t>(1 + rng_.below(4));
      }
      if (rng_.chance(40)) o.defaultValue = rng_.pick(std::vector<double>{-1.5, 0.25, 3.0, 1e-40});
    } else {
      o.shared = rng_.chance(15);
      o.slot = o.shared ? 777 : rng_.chance(80) ? index + 1 : kMaxSlot - index;
      if (o.kind == OutputKind::Sequence) {
        type = Type::list(type);
        o.length = static_cast<uint32_t>(1 + rng_.below(5));
        o.padLeft = scope_.may(Feature::Clauses, 30);
      } else {
        uint64_t shape = rng_.below(10);
        if (shape == 0 && scope_.mayBeWeighted())
          type = Type::weighted(rng_.chance(50) ? Type::int64() : Type::string());
        if (shape == 1)
          type = Type::map(rng_.chance(50) ? Type::int64() : Type::string(),
                           rng_.chance(50) ? Type::int64() : Type::float64());
        if (shape > 1 && shape < 6) type = Type::list(type);
        if (rng_.chance(30)) o.missing = rng_.pick(std::vector<int64_t>{0, 99, (int64_t{1} << 44) - 1});
      }
    }
    o.value = expressions_.expression(type, static_cast<int>(1 + rng_.below(4)));
    program_.outputs.push_back(std::move(o));
  }

  Rng& rng_;
  RandomScope scope_;
  RandomProgram& program_ = scope_.program;
  Expressions expressions_{scope_};
  RelatedOutputs related_{scope_, expressions_};
};

}  // namespace

RandomProgram randomProgram(Rng& rng, uint32_t semantics, const Choice& choice, OperatorUse& use) {
  return Generator(rng, semantics, choice, use).run();
}

}  // namespace featc
