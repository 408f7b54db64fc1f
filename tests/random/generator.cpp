// SPDX-License-Identifier: Apache-2.0
// Top down: wanting a value of some type, pick a name, a literal or an operator that returns it.
#include "tests/random/generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/random/beside.h"
#include "tests/random/constants.h"

namespace featc {
namespace {

// One way to make a value of some type.
struct Candidate {
  const Operator* op = nullptr;
  uint32_t overload = 0;
  bool lifted = false;  // the operator maps over one list argument at least
};

using CandidatesByOperator = std::vector<std::vector<Candidate>>;

// What can make `wanted`, grouped by operator so that many overloads do not weigh more.
const CandidatesByOperator& candidatesFor(Type wanted, uint32_t semantics, const Choice& choice) {
  static std::map<std::pair<uint32_t, uint32_t>, CandidatesByOperator> cache;
  auto [it, isNew] = cache.try_emplace({wanted.code(), semantics});
  if (!isNew) return it->second;
  auto add = [&](const Operator& op) {
    std::vector<Candidate> found;
    for (uint32_t i = 0; i < op.overloads.size(); ++i) {
      const Overload& o = op.overloads[i];
      if (!o.isPartOf(semantics)) continue;
      if (o.result.same(wanted)) found.push_back({&op, i, false});
      if (wanted.isList() && o.anyArgs && wanted.element().is(Kind::Int64)) found.push_back({&op, i, true});
      if (wanted.isList() && o.liftedKernel != nullptr && o.result.same(wanted.element()))
        found.push_back({&op, i, true});
    }
    if (!found.empty()) it->second.push_back(std::move(found));
  };
  for (const auto& op : operators().all())
    if (!op->isInternal && choice.mayCall(op->name)) add(*op);
  if (choice.has(Feature::Externs))
    for (const auto& fn : besideExterns()) add(fn->op);
  return it->second;
}

class Generator {
 public:
  Generator(Rng& rng, uint32_t semantics, const Choice& choice, OperatorUse& use)
      : rng_(rng), choice_(choice), use_(use) {
    program_.semantics = semantics;
  }

  RandomProgram run() {
    static const std::vector<HashFamily> kFamilies = {HashFamily::Xxh3, HashFamily::Xxh3, HashFamily::Farm,
                                                      HashFamily::Murmur3};
    if (choice_.has(Feature::HashFamilies)) program_.hashFamily = rng_.pick(kFamilies);
    for (uint64_t i = rng_.below(3); i > 0; --i) newField(inputType());
    if (may(Feature::Structs, 25)) {
      std::string list = newStructList();
      for (uint64_t i = may(Feature::Wholes, 60) ? 1 + rng_.below(3) : 0; i > 0; --i) list = newWhole(list);
    }
    for (uint64_t i = may(Feature::Fns, 40) ? 1 + rng_.below(2) : 0; i > 0; --i) newFn();
    for (uint64_t i = rng_.below(3); i > 0; --i) newLet();
    for (uint64_t i = may(Feature::Reads, 30) ? 1 + rng_.below(2) : 0; i > 0; --i) newRead();
    for (uint64_t i = 1 + rng_.below(8); i > 0; --i) newOutput({});
    if (rng_.chance(15)) newComparisons();
    if (rng_.chance(15)) newHashes();
    if (may(Feature::Groups, 30)) newGroup();
    return std::move(program_).withoutUnused();
  }

 private:
  struct Named {
    std::string text;
    Type type;
    RandomExpr::Kind kind = RandomExpr::Kind::Name;
    bool ofGroup = false;  // seen in the lines of a group only
  };

  bool may(Feature feature, unsigned percent) { return choice_.has(feature) && rng_.chance(percent); }

  Type scalarType() {
    static const std::vector<Type> kTypes = {Type::int64(), Type::float64(), Type::string(), Type::boolean()};
    return kTypes[std::min<uint64_t>(rng_.below(7) / 2, 3)];
  }
  Type mapType() { return Type::map(rng_.chance(50) ? Type::string() : Type::int64(), scalarType()); }
  Type nestedType() {
    Type inner = rng_.chance(60) ? Type::list(scalarType()) : mapType();
    return rng_.chance(60) ? Type::list(inner) : Type::map(rng_.chance(50) ? Type::string() : Type::int64(), inner);
  }
  Type inputType() {
    uint64_t kind = rng_.below(choice_.has(Feature::Nested) ? 14 : 12);
    Type t = kind < 7 ? scalarType() : kind < 11 ? Type::list(scalarType()) : kind < 12 ? mapType() : nestedType();
    return t.withNullable(rng_.chance(50));
  }
  // Of a member of a list of structs that nests `lists` times itself.
  Type memberType(int lists) {
    for (;;)
      if (Type t = inputType().present(); nestingDepth(t) + lists <= kMaxFieldNesting) return t;
  }
  Type letType() { return mayBeWeighted() && rng_.chance(5) ? Type::weighted(scalarType()) : inputType().present(); }
  bool mayBeWeighted() const { return choice_.mayCall("weighted"); }

  // -- Declarations ---------------------------------------------------------------------------------

  Named newField(Type type) {
    RandomField f{rng_.chance(40) ? Scope::Request : Scope::Item, fmt::format("f{}", program_.fields.size()), type, {}};
    program_.fields.push_back(f);
    names_.push_back({f.name, type});
    return names_.back();
  }

  // Its name.
  std::string newStructList() {
    Scope scope = rng_.chance(40) ? Scope::Request : Scope::Item;
    std::string list = fmt::format("c{}", program_.fields.size());
    bool nullable = rng_.chance(50);
    for (uint64_t i = 1 + rng_.below(4); i > 0; --i) {
      Type type = Type::list(memberType(1)).withNullable(nullable);
      program_.fields.push_back({scope, fmt::format("{}.m{}", list, i), type, list});
      names_.push_back({program_.fields.back().name, type});
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
    for (const Named& n : names_)
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
    if (op == nullptr || !choice_.mayCall(op->name)) return list;
    std::vector<Member> members = membersOf(list);
    RandomExpr e{RandomExpr::Kind::Operator, Type(), "", op, {}};
    e.children.push_back(std::make_shared<RandomExpr>(RandomExpr{RandomExpr::Kind::Name, Type(), list, nullptr, {}}));
    auto add = [&](Type type) { e.children.push_back(expression(type, 2)); };
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
    ++use_[std::string(op->name)];
    std::string let = fmt::format("v{}", program_.lets.size());
    bool isLen = op->name == "len";
    bool isIndex = op->name == "index";
    e.type = isLen ? Type::int64() : Type();
    program_.lets.push_back({let, std::make_shared<RandomExpr>(std::move(e))});
    if (isLen) {
      names_.push_back({let, Type::int64().withNullable()});
      return list;
    }
    for (const Member& m : members)
      names_.push_back({fmt::format("{}.{}", let, m.name), (isIndex ? m.type.element() : m.type).withNullable(),
                        RandomExpr::Kind::Member});
    return isIndex ? list : let;
  }

  // Lists often: operators of the body map over them.
  Type paramType() {
    Type type = rng_.chance(25) ? Type::list(scalarType()) : inputType();
    return type.withNullable(rng_.chance(70));
  }

  void newFn() {
    RandomFn fn{fmt::format("fn{}", program_.fns.size()), {}, {}, nullptr};
    for (uint64_t i = 1 + rng_.below(3); i > 0; --i)
      fn.params.push_back({fmt::format("{}_p{}", fn.name, i), paramType()});
    fn.defaults.resize(fn.params.size());
    if (may(Feature::Defaults, 40))
      for (size_t i = rng_.below(fn.params.size()); i < fn.params.size(); ++i)
        fn.defaults[i] = literal(fn.params[i].type);
    std::vector<Named> params;
    for (const SourceField& p : fn.params) params.push_back({p.name, p.type});
    // The body sees its parameters, and the fields that are there already.
    std::vector<Named> outer = std::exchange(names_, params);
    if (rng_.chance(30)) names_.insert(names_.end(), outer.begin(), outer.end());
    mayAddFields_ = false;
    fn.body = expression(letType(), 2);
    mayAddFields_ = true;
    names_ = std::move(outer);
    program_.fns.push_back(std::move(fn));
  }

  void newLet(std::optional<size_t> group = {}) {
    RandomLet let{fmt::format("v{}", program_.lets.size()), expression(letType(), 3), group};
    names_.push_back({let.name, let.value->type, RandomExpr::Kind::Name, group.has_value()});
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
      read.children.push_back(expression(aligned ? Type::list(key) : key, 2));
    }
    std::string let = fmt::format("v{}", program_.lets.size());
    auto addField = [&](SourceField field) {
      Type seen = aligned ? Type::list(field.type) : field.type;
      names_.push_back({let + "." + field.name, seen.withNullable(), RandomExpr::Kind::Member, group.has_value()});
      source.fields.push_back(std::move(field));
    };
    for (uint64_t i = 1 + rng_.below(3); i > 0; --i) addField({fmt::format("g{}", i), memberType(aligned ? 1 : 0)});
    if (may(Feature::Structs, 20))
      for (uint64_t i = 1 + rng_.below(3); i > 0; --i)
        addField({fmt::format("g.m{}", i), Type::list(memberType(aligned ? 2 : 1)), "g"});
    program_.sources.push_back(std::move(source));
    program_.lets.push_back({let, std::make_shared<RandomExpr>(std::move(read)), group});
    if (!aligned && !group && !program_.sources.back().fields.back().structList.empty() && may(Feature::Wholes, 50))
      newWhole(let + ".g");
  }

  // What a group goes over: a list of structs, or one to three lists; and the elements.
  std::vector<Named> newGroupLists(RandomGroup& group) {
    std::vector<Named> elements;
    auto add = [&](std::string text, Type element) {
      elements.push_back({std::move(text), element.withNullable(), RandomExpr::Kind::Name, true});
    };
    if (may(Feature::Structs, 35)) {
      std::string list = newStructList();
      for (uint64_t i = may(Feature::Wholes, 50) ? 1 + rng_.below(2) : 0; i > 0; --i) list = newWhole(list);
      for (const Member& m : membersOf(list)) add("it." + m.name, m.type.element());
      group.over.push_back(std::move(list));
      return elements;
    }
    for (uint64_t i = 1 + rng_.below(3); i > 0; --i) {
      Type element = may(Feature::Nested, 25) ? memberType(1) : scalarType();
      group.over.push_back(newField(Type::list(element).withNullable(rng_.chance(50))).text);
      add("it." + group.over.back(), element);
    }
    if (elements.size() == 1) elements[0].text = "it";
    return elements;
  }

  // A sequence group with some lines.
  void newGroup() {
    RandomGroup group{fmt::format("r{}", program_.groups.size()), {}, static_cast<uint32_t>(1 + rng_.below(6))};
    std::vector<Named> elements = newGroupLists(group);
    // Often enough that most lines use an element.
    for (int copies = 0; copies < 4; ++copies) names_.insert(names_.end(), elements.begin(), elements.end());
    group.padLeft = may(Feature::Clauses, 30);
    if (may(Feature::Clauses, 40)) group.where = expression(Type::boolean(), 3);
    if (may(Feature::Clauses, 40)) {
      (rng_.chance(50) ? group.first : group.last) = static_cast<uint32_t>(1 + rng_.below(5));
      if (rng_.chance(50)) group.length = 0;
    }
    size_t index = program_.groups.size();
    program_.groups.push_back(std::move(group));
    if (rng_.chance(30)) newLet(index);
    if (may(Feature::Reads, 20)) newRead(index);
    // What is the group's own is wanted more than the rest.
    std::vector<Named> own;
    std::ranges::copy_if(names_, std::back_inserter(own), [](const Named& n) { return n.ofGroup; });
    for (int copies = 0; copies < 2; ++copies) names_.insert(names_.end(), own.begin(), own.end());
    for (uint64_t i = 1 + rng_.below(5); i > 0; --i) newOutput(index);
    std::erase_if(names_, [](const Named& n) { return n.ofGroup; });
  }

  void newOutput(std::optional<size_t> group) {
    auto index = static_cast<uint32_t>(program_.outputs.size());
    if (index > 0 && rng_.chance(35))
      if (const RandomOutput& other = program_.outputs[rng_.below(index)]; other.group == group)
        return addSister(other);
    RandomOutput o;
    o.group = group;
    o.name = fmt::format("o{}", index);
    o.kind = rng_.pick(
        std::vector<OutputKind>{OutputKind::Sparse, OutputKind::Sparse, OutputKind::Dense, OutputKind::Sequence});
    if (group && o.kind == OutputKind::Sequence) o.kind = OutputKind::Sparse;
    Type type = scalarType();
    if (o.kind == OutputKind::Dense) {
      while (type.is(Kind::String)) type = scalarType();
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
        o.padLeft = may(Feature::Clauses, 30);
      } else {
        uint64_t shape = rng_.below(10);
        if (shape == 0 && mayBeWeighted()) type = Type::weighted(rng_.chance(50) ? Type::int64() : Type::string());
        if (shape == 1)
          type = Type::map(rng_.chance(50) ? Type::int64() : Type::string(),
                           rng_.chance(50) ? Type::int64() : Type::float64());
        if (shape > 1 && shape < 6) type = Type::list(type);
        if (rng_.chance(30)) o.missing = rng_.pick(std::vector<int64_t>{0, 99, (int64_t{1} << 44) - 1});
      }
    }
    o.value = expression(type, static_cast<int>(1 + rng_.below(4)));
    program_.outputs.push_back(std::move(o));
  }

  // Several outputs compare the same two lists of texts.
  void newComparisons() {
    static const std::vector<std::string_view> kOperators = {
        "intersect",          "difference",          "overlap_count",      "jaccard",
        "query_common_ratio", "title_common_ratio",  "is_contain",         "is_equal",
        "token_index",        "proximity_min_cover", "proximity_min_dist", "union"};
    std::vector<ExprPtr> lists = {textList(), textList()};
    for (uint64_t i = 2 + rng_.below(4); i > 0; --i) {
      const Operator* op = operators().find(rng_.pick(kOperators));
      if (op == nullptr || !choice_.mayCall(op->name)) continue;
      RandomExpr e{RandomExpr::Kind::Operator, Type(), "", op, lists};
      if (rng_.chance(25)) std::swap(e.children[0], e.children[1]);
      std::optional<Type> type = typeOfCall(e);
      RandomOutput o;
      o.value = type ? finished(std::move(e), type->present()) : nullptr;
      if (o.value == nullptr) continue;
      auto index = static_cast<uint32_t>(program_.outputs.size());
      o.name = fmt::format("o{}", index);
      o.kind = type->isList() || rng_.chance(50) ? OutputKind::Sparse : OutputKind::Dense;
      if (o.kind == OutputKind::Sparse) o.slot = index + 1;
      program_.outputs.push_back(std::move(o));
    }
  }

  // Several outputs hash the same list, or its elements, in different ways: what is shared must be the same hash.
  void newHashes() {
    const Type type = rng_.chance(70) ? Type::string() : scalarType();
    const ExprPtr list = expression(Type::list(type), 2);
    for (uint64_t i = 3 + rng_.below(4); i > 0; --i) {
      ExprPtr value = rng_.chance(50) ? list : ofList(list, type);
      if (value != nullptr && rng_.chance(60)) value = hashed(std::move(value));
      if (value == nullptr) continue;
      RandomOutput o;
      o.value = std::move(value);
      auto index = static_cast<uint32_t>(program_.outputs.size());
      o.name = fmt::format("o{}", index);
      o.kind = OutputKind::Sparse;
      o.slot = index + 1;
      program_.outputs.push_back(std::move(o));
    }
  }

  // An element, or some of them.
  ExprPtr ofList(const ExprPtr& list, Type element) {
    static const std::vector<std::string_view> kOperators = {"index", "first", "last", "head", "distinct", "reverse"};
    const Operator* op = operators().find(rng_.pick(kOperators));
    if (op == nullptr || !choice_.mayCall(op->name)) return nullptr;
    const bool takesNumber = op->name == "index" || op->name == "head";
    const bool givesList = op->name != "index" && op->name != "first" && op->name != "last";
    RandomExpr call{RandomExpr::Kind::Operator, Type(), "", op, {list}};
    if (takesNumber) call.children.push_back(constant(Type::int64(), rng_.chance(70) ? "0" : "2"));
    return finished(std::move(call), givesList ? Type::list(element) : element);
  }

  // By the config's family or another one, with a seed or without.
  ExprPtr hashed(ExprPtr value) {
    static const std::vector<std::string> kFamilies = {"xxh3", "farm", "murmur3"};
    const Operator* op = operators().find("hash");
    if (!choice_.mayCall(op->name)) return value;
    const Type type = value->type.isList() ? Type::list(Type::int64()) : Type::int64();
    RandomExpr call{RandomExpr::Kind::Operator, Type(), "", op, {std::move(value), nullptr, nullptr}};
    if (rng_.chance(60)) {
      const std::string& family = rng_.pick(kFamilies);
      call.children[1] = constant(Type::string(), '"' + family + '"');
      if (family != "farm" && rng_.chance(50)) call.children[2] = constant(Type::int64(), rng_.chance(50) ? "0" : "7");
    }
    return finished(std::move(call), type);
  }

  // Now and then one that is longer than what is compared on the stack.
  ExprPtr textList() {
    const Type type = Type::list(Type::string());
    ExprPtr list = expression(type, 2);
    if (!choice_.mayCall("concat") || !rng_.chance(20)) return list;
    std::string texts;
    for (uint64_t i = 40 + rng_.below(250); i > 0; --i)
      texts += fmt::format("{}\"{}\"", texts.empty() ? "" : ", ", rng_.chance(70) ? rng_.below(300) : 0);
    RandomExpr longer{RandomExpr::Kind::Operator, type, "", operators().find("concat"), {}};
    longer.children = {list, constant(type, fmt::format("[{}]", texts))};
    ExprPtr made = finished(std::move(longer), type);
    return made == nullptr ? list : made;
  }

  // Configs repeat themselves: the same output with other fields and numbers.
  void addSister(RandomOutput o) {
    auto index = static_cast<uint32_t>(program_.outputs.size());
    o.name = fmt::format("o{}", index);
    if (o.kind != OutputKind::Dense && !o.shared) o.slot = index + 1;
    if (o.missing) o.missing = static_cast<int64_t>(rng_.below(1000));
    o.value = sister(o.value);
    program_.outputs.push_back(std::move(o));
  }

  ExprPtr sister(const ExprPtr& e) {
    if (e == nullptr || isMissing(e) || rng_.chance(10)) return e;
    if (e->kind == RandomExpr::Kind::Literal && e->type.isNumber()) return randomLiteral(rng_, e->type);
    if (e->kind == RandomExpr::Kind::Name && rng_.chance(70)) {
      std::vector<Named> alike;
      for (const Named& name : names_)
        if (name.type == e->type && name.kind == RandomExpr::Kind::Name) alike.push_back(name);
      if (!alike.empty()) {
        auto other = std::make_shared<RandomExpr>(*e);
        other->text = rng_.pick(alike).text;
        return other;
      }
    }
    if (e->kind != RandomExpr::Kind::Operator) return e;
    auto copy = std::make_shared<RandomExpr>(*e);
    // Operators check their constants, so those stay as they are.
    for (size_t i = 0; i < copy->children.size(); ++i)
      if (!e->op->params[e->op->paramOfArg(i)].isConstant) copy->children[i] = sister(e->children[i]);
    return copy;
  }

  // -- Expressions ----------------------------------------------------------------------------------

  ExprPtr expression(Type wanted, int depth) {
    wanted = wanted.present();
    if (depth > 0 && !rng_.chance(12)) {
      if (rng_.chance(program_.fns.empty() ? 0 : 15))
        if (ExprPtr call = functionCall(wanted, depth, wanted.isList() && may(Feature::MappedFns, 60))) return call;
      constexpr int kTries = 4;
      for (int i = 0; i < kTries; ++i)
        if (ExprPtr call = operatorCall(wanted, depth)) return call;
    }
    return leaf(wanted, depth);
  }

  ExprPtr leaf(Type wanted, int depth) {
    std::vector<const Named*> fitting;
    for (const Named& n : names_)
      if (n.type.same(wanted)) fitting.push_back(&n);
    constexpr size_t kMaxFields = 14;
    bool mayAdd = mayAddFields_ && !wanted.isWeighted() && program_.fields.size() < kMaxFields;
    uint64_t kind = rng_.below(10);
    if (!fitting.empty() && kind < 6) return name(*rng_.pick(fitting));
    if (mayAdd && (kind < 8 || rng_.chance(60))) return name(newField(wanted.withNullable(rng_.chance(50))));
    if (wanted.isWeighted()) return weighted(wanted, depth);
    return literal(wanted);
  }

  ExprPtr constant(Type type, std::string text) {
    return std::make_shared<RandomExpr>(RandomExpr{RandomExpr::Kind::Literal, type, std::move(text), nullptr, {}});
  }
  static bool isMissing(const ExprPtr& e) { return e->kind == RandomExpr::Kind::Literal && e->text == "missing"; }

  // Missing only where the type has a "?".
  ExprPtr literal(Type type) {
    if (type.nullable() && may(Feature::Constants, 30)) return constant(type, "missing");
    if (type.is(Kind::Float64) && may(Feature::Constants, 10)) return constant(type.present(), "pi");
    return randomLiteral(rng_, type.present());
  }

  // `c ? x : missing`, `x ?? missing`, `[x, missing]`: perhaps one of the values is that.
  void addMissing(RandomExpr& e) {
    auto& c = e.children;
    bool isChoice = e.op->name == "if";
    bool isDefault = e.op->name == "default_to";
    if (!(isChoice || isDefault || e.op->name == "make_list") || c.size() < 2 || !may(Feature::Constants, 12)) return;
    size_t at = isChoice ? 1 + rng_.below(2) : isDefault ? 1 : rng_.below(c.size());
    const ExprPtr& beside = c[isChoice ? 3 - at : isDefault ? 0 : at == 0 ? 1 : 0];
    if (isMissing(beside)) return;
    Type type = beside->type.present();
    // Chosen for each element.
    if (type.isList() && (isDefault || (isChoice && c[0]->type.isList()))) type = type.element();
    c[at] = constant(type.withNullable(), "missing");
  }

  static ExprPtr name(const Named& n) {
    return std::make_shared<RandomExpr>(RandomExpr{n.kind, n.type, n.text, nullptr, {}});
  }

  // `weighted(ids, weights)` of leaves: weighted ids have neither fields nor literals.
  ExprPtr weighted(Type wanted, int depth) {
    const Operator* op = operators().find("weighted");
    RandomExpr e{RandomExpr::Kind::Operator, wanted, "", op, {}};
    e.children.push_back(expression(Type::list(wanted.element()), depth - 1));
    e.children.push_back(expression(Type::list(Type::float64()), depth - 1));
    ++use_["weighted"];
    return std::make_shared<RandomExpr>(std::move(e));
  }

  // `mapped`: a list of what it gives for each element of lists.
  ExprPtr functionCall(Type wanted, int depth, bool mapped) {
    auto isMappable = [](const SourceField& p) { return p.type.isScalar(); };
    // Lists of lists for each element would nest too deep; a fn may be mapped itself.
    bool ofElements = !mayAddFields_ || std::ranges::any_of(names_, &Named::ofGroup);
    if (mapped && ofElements && !wanted.element().isScalar()) return nullptr;
    std::vector<const RandomFn*> fitting;
    for (const RandomFn& f : program_.fns)
      if (f.body->type.same(mapped ? wanted.element() : wanted) &&
          (!mapped || std::ranges::any_of(f.params, isMappable)))
        fitting.push_back(&f);
    if (fitting.empty()) return nullptr;
    const RandomFn& fn = *rng_.pick(fitting);
    std::vector<size_t> maps;
    for (size_t i = 0; mapped && i < fn.params.size(); ++i)
      if (isMappable(fn.params[i])) maps.push_back(i);
    size_t mustMap = maps.empty() ? fn.params.size() : rng_.pick(maps);
    RandomExpr e{RandomExpr::Kind::Function, fn.body->type, fn.name, nullptr, {}};
    bool mayMiss = false;
    for (size_t i = 0; i < fn.params.size(); ++i) {
      Type type = fn.params[i].type;
      if (fn.defaults[i] != nullptr && (mustMap < i || maps.empty()) && rng_.chance(50)) break;
      if (mapped && type.isScalar() && (i == mustMap || rng_.chance(30))) {
        e.children.push_back(expression(Type::list(type.present()), depth - 1));
        mayMiss |= e.children.back()->type.nullable();
      } else {
        // Only a literal is certain not to be missing.
        e.children.push_back(type.nullable() ? expression(type, depth - 1) : certain(type));
      }
    }
    if (mapped) e.type = Type::list(e.type.present()).withNullable(mayMiss);
    e.children.resize(fn.params.size());
    return std::make_shared<RandomExpr>(std::move(e));
  }

  ExprPtr certain(Type type) {
    std::vector<const Named*> fitting;
    for (const Named& n : names_)
      if (n.type.same(type) && !n.type.nullable() && n.text[0] == 'f' && n.text[1] != 'n') fitting.push_back(&n);
    if (!fitting.empty() && rng_.chance(80)) return name(*rng_.pick(fitting));
    return literal(type.present());
  }

  ExprPtr operatorCall(Type wanted, int depth) {
    const CandidatesByOperator& all = candidatesFor(wanted, program_.semantics, choice_);
    if (all.empty()) return nullptr;
    const Candidate c = rng_.pick(rng_.pick(all));
    const Overload& o = c.op->overloads[c.overload];
    if (o.anyArgs) return anyArguments(wanted, *c.op, depth);
    size_t count = o.params.size();
    if (o.variadic) count += (rng_.chance(90) ? 1 + rng_.below(3) : 0) * (o.alternates ? 2 : 1);
    RandomExpr e{RandomExpr::Kind::Operator, wanted, "", c.op, std::vector<ExprPtr>(count)};
    if (!randomConstants(rng_, *c.op, o, choice_.has(Feature::Files), e.children)) return nullptr;
    if (!c.op->whenVaries.empty() && rng_.chance(30)) takeZoneOfData(e, depth);
    std::vector<size_t> values;
    std::vector<size_t> scalars;
    for (size_t i = 0; i < count; ++i) {
      size_t param = o.paramOfArg(i);
      const ParamSpec& spec = c.op->params[param];
      if (spec.isConstant || (spec.isOptional && !o.required[param] && i < o.params.size() && rng_.chance(50)))
        continue;
      values.push_back(i);
      if (o.params[param].isScalar()) scalars.push_back(i);
    }
    if (c.lifted && scalars.empty()) return nullptr;
    size_t mustLift = c.lifted ? rng_.pick(scalars) : count;
    for (size_t i : values) {
      Type type = o.params[o.paramOfArg(i)].present();
      if (type.is(Kind::Float64) && rng_.chance(25)) type = Type::int64();
      if (c.lifted && type.isScalar() && (i == mustLift || rng_.chance(30))) type = Type::list(type);
      e.children[i] = expression(type, depth - 1);
    }
    addMissing(e);
    return finished(std::move(e), wanted);
  }

  // A zone that depends on data for sure, if the call may have one.
  void takeZoneOfData(RandomExpr& call, int depth) {
    size_t at = 0;
    for (size_t i = 0; i < call.op->params.size(); ++i) {
      bool saysOffset = call.op->params[i].name == "format" && call.children[i]->text.find("%z") != std::string::npos;
      if (saysOffset) return;
      if (call.op->params[i].name == "zone") at = i;
    }
    ExprPtr zone = expression(Type::string(), depth - 1);
    if (!hasField(*zone)) return;
    // Most texts name none.
    if (choice_.mayCall("if") && rng_.chance(70)) {
      RandomExpr known{RandomExpr::Kind::Operator, zone->type, "", operators().find("if"), {}};
      known.children = {expression(Type::boolean(), depth - 1), zoneLiteral(rng_), zone};
      if (ExprPtr one = finished(std::move(known), Type::string())) zone = std::move(one);
    }
    call.children[at] = std::move(zone);
  }

  // `cross` and the like: scalars and lists of any type.
  ExprPtr anyArguments(Type wanted, const Operator& op, int depth) {
    RandomExpr e{RandomExpr::Kind::Operator, wanted, "", &op, {}};
    for (uint64_t i = 2 + rng_.below(3); i > 0; --i) {
      Type type = scalarType();
      if (wanted.isList() && rng_.chance(50)) type = Type::list(type);
      e.children.push_back(expression(type, depth - 1));
    }
    return finished(std::move(e), wanted);
  }

  // Whether a field, which no compiler can know, is somewhere in it.
  bool hasField(const RandomExpr& e) const {
    // A fn may make no use of its arguments.
    if (e.kind == RandomExpr::Kind::Function) return false;
    if (e.kind == RandomExpr::Kind::Name &&
        (e.text.starts_with("it") ||
         std::ranges::any_of(program_.fields, [&](const RandomField& f) { return f.name == e.text; })))
      return true;
    return std::ranges::any_of(e.children, [&](const ExprPtr& c) { return c != nullptr && hasField(*c); });
  }

  // The call when it has the wanted type.
  ExprPtr finished(RandomExpr e, Type wanted) {
    // An extern fn that fails for constants is a mistake in the config.
    if (isExtern(*e.op) && !hasField(e)) return nullptr;
    std::optional<Type> type = typeOfCall(e);
    if (!type || !type->same(wanted)) return nullptr;
    e.type = *type;
    ++use_[std::string(e.op->name)];
    return std::make_shared<RandomExpr>(std::move(e));
  }

  // The type that the language gives the call, or nothing where no overload fits.
  std::optional<Type> typeOfCall(const RandomExpr& e) const {
    std::vector<Type> types;
    for (const ExprPtr& c : e.children) types.push_back(c == nullptr ? Type() : c->type);
    types.resize(std::max(types.size(), e.op->params.size()));
    std::optional<Resolution> r = resolve(*e.op, types, program_.semantics);
    if (!r) return std::nullopt;
    for (size_t i = 0; i < types.size(); ++i) {
      if ((r->convertMask >> i & 1U) == 0) continue;
      Type to = types[i].isList() ? Type::list(Type::float64()) : Type::float64();
      types[i] = to.withNullable(types[i].nullable());
    }
    return resultType(*e.op, *r, types);
  }

  Rng& rng_;
  const Choice& choice_;
  OperatorUse& use_;
  RandomProgram program_;
  std::vector<Named> names_;
  bool mayAddFields_ = true;
};

}  // namespace

RandomProgram randomProgram(Rng& rng, uint32_t semantics, const Choice& choice, OperatorUse& use) {
  return Generator(rng, semantics, choice, use).run();
}

}  // namespace featc
