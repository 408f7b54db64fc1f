// SPDX-License-Identifier: Apache-2.0
// An operator is one record: its name, parameters, documentation, function, inline code and laws.
// Everything that featc knows about an operator, in any stage, it reads from here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ops/inline.h"
#include "ops/kernel.h"
#include "ops/rewrite.h"
#include "values/semantics.h"
#include "values/type.h"
#include "values/value.h"

namespace featc {

// One parameter as the language sees it.
struct ParamSpec {
  std::string_view name;
  // Must be a constant expression; goes to `prepare` instead of the function.
  bool isConstant = false;
  // May be left out; the function or `prepare` then sees a missing value.
  bool isOptional = false;
  // A constant string: a config names a file beside it, and the constant is what the file holds.
  bool isFile = false;
  // Not constant: beside a list it may be a single value, which fills the list's missing elements.
  bool fillsElements = false;
};
constexpr ParamSpec value(std::string_view name) { return {name, false, false}; }
constexpr ParamSpec optionalValue(std::string_view name) { return {name, false, true}; }
constexpr ParamSpec constant(std::string_view name) { return {name, true, false}; }
constexpr ParamSpec optionalConstant(std::string_view name) { return {name, true, true}; }
constexpr ParamSpec optionalFile(std::string_view name) { return {name, true, true, true}; }
constexpr ParamSpec filler(std::string_view name) { return {name, false, false, false, true}; }

// What `prepare` found wrong with the constants: which parameter, and what is wrong with it.
struct PrepareError {
  uint32_t param = 0;
  std::string message;  // `boundaries must ascend, but 25 comes after 30`
  // Of a file's content: the bytes that are meant.
  struct Place {
    size_t begin = 0;
    size_t end = 0;
  };
  std::optional<Place> place{};
};
struct Prepared {
  std::shared_ptr<const OpState> state;
  std::optional<PrepareError> error;
};
// `constants`: the constant parameters' values in order, missing where left out.
// `types`: their types, in the same order.
using PrepareFn = Prepared (*)(std::span<const Value> constants, std::span<const Type> types);

// What integers an operator gives, whatever it is given.
struct IntRange {
  int64_t low = 0;
  int64_t high = 0;
};
// More than there is of anything in memory: elements of a list, code points of a string.
inline constexpr int64_t kMaxSize = int64_t{1} << 40U;
// Some of a call's arguments: from `first` on, before `end`.
struct ArgumentRange {
  uint32_t first = 0;
  uint32_t end = 0;
};
struct Operator;
// What is known of a call's argument before any data is seen.
struct KnownArgument {
  Type type;                     // None where it was left out
  Value value;                   // missing where it depends on data
  const Operator* op = nullptr;  // of which it is a call; null where it is none
};
// An argument that is of a fitting type but can only make a broken feature.
struct Suspicion {
  uint32_t param = 0;
  std::string message;  // `both bounds are 5, so the result is always 5`
  std::vector<std::string> notes{};
  // The call that is probably meant: `sum(int($0))`, where $0 is the argument of parameter 0, and $0.1 the second
  // argument of the call that this is. Empty where it is not known.
  std::string_view instead{};
  // What a literal should be: `1733000000`. Empty where it is not known.
  std::string literal{};
};
// `arguments`: one a parameter of the record, more where the last one repeats.
using SuspectFn = std::optional<Suspicion> (*)(std::span<const KnownArgument> arguments);

// What one row's values tell of a call (ops/oddity.h).
struct Oddity;
using OddFn = Oddity (*)(std::span<const Value> arguments, const Value& result);

// One signature of an operator, derived from its C++ function.
struct Overload {
  std::vector<Type> params;  // in the order of the record's parameters, constants included
  std::vector<bool> strict;  // missing in, missing out; of each parameter, true for constants
  std::vector<bool> finite;  // a non-finite float counts as missing
  // Optional in the record but not here: leaving it out means another overload.
  std::vector<bool> required;
  bool variadic = false;    // the last parameter repeats, once or more
  bool alternates = false;  // with variadic: the last two parameters repeat, as pairs
  // Every argument is a scalar or a list of scalars of any type, taken as it is; the result is a list
  // when one of them is (`cross`).
  bool anyArgs = false;
  // Of two arguments: any bracketing of a chain of it gives the same bits, in any order.
  bool associative = false;
  Type result;
  bool maybeResult = false;  // the function itself may answer "missing"
  bool makesValues = true;   // it may need arena memory or fail a row
  bool nested = false;       // it is another one's function for lists or maps that hold lists or maps
  // Versions of the meaning (values/semantics.h) that it is part of.
  uint32_t firstSemantics = 1;
  uint32_t lastSemantics = kNewestSemantics;
  Kernel kernel = nullptr;
  Kernel liftedKernel = nullptr;          // null: never maps over lists
  FlatKernel flatKernel = nullptr;        // does what `kernel` does, where it can
  bool readsTexts = false;                // `kernel` reads strings by ColumnRef::get alone, so they need no cells
  FlatKernel liftedFlatKernel = nullptr;  // does what `liftedKernel` does, where it can
  InlineStrict inlined = nullptr;
  InlineWithPresence inlinedWithPresence = nullptr;

  bool isPartOf(uint32_t semantics) const { return firstSemantics <= semantics && semantics <= lastSemantics; }
  bool canInline() const { return inlined != nullptr || inlinedWithPresence != nullptr; }
  // Index in `params` of argument `arg`.
  size_t paramOfArg(size_t arg) const {
    if (arg < params.size()) return arg;
    return alternates ? params.size() - 2 + (arg - params.size()) % 2 : params.size() - 1;
  }
};

struct Example {
  std::string_view expression;  // `bucketize(30, [18, 25, 35])`
  std::string_view result;      // as toString(Value) prints it: `2`
  uint32_t semantics = 1;       // the first version of the meaning that it holds in
};

// What another system calls an operator.
struct ForeignName {
  std::string_view name;        // `stddev`; letter case and `_` make no difference
  std::string_view difference;  // how a call differs in more than its name; empty where it does not
  std::string_view call{};      // of one list: what means the same here, as in Suspicion::instead
};

// What an operator makes of a list of structs as a whole, by doing the same with each member: it chooses elements by
// their positions or by another list.
enum class OfStructs : uint8_t { Nothing, List, Struct, Value };

// What a call with a list of structs as its first argument probably means.
struct StructCall {
  std::string_view call;  // `sort_by($0, $1)`; $0 is the list, $1 one of its members. Empty: nothing
  std::string_view says;  // what that computes: `the structs in the order of a member`
};

struct Operator {
  std::string_view name;
  std::string_view group;
  std::vector<ParamSpec> params;
  std::string_view doc;  // one line
  std::vector<Example> examples;
  std::vector<ForeignName> foreignNames;
  std::vector<Overload> overloads;
  PrepareFn prepare = nullptr;
  // What kernels are given where nothing is prepared: an extern fn's library.
  std::shared_ptr<const OpState> state;
  // Of a call that depends on data: whether an argument is a slip. A warning, what `prepare` refuses an error.
  SuspectFn warnIf = nullptr;
  // Of a call in some data. What its prepared state has to know, a state that is an OddState says instead.
  OddFn reportIfOdd = nullptr;
  // What a call with a map as its first argument means, where its values alone are not it; as in Suspicion::instead.
  std::string_view proposeForMap;
  StructCall proposeForStructs;
  std::optional<IntRange> resultRange;  // where results are known to lie
  // The result is the value of one of these arguments, or elements of them, as it stands.
  std::optional<ArgumentRange> passesThrough;
  // What comes of a call two of whose arguments are the same expression, where that is a slip: `the result is 0`.
  std::string_view warnIfSame;
  bool warnIfSameLists = true;      // also where they are lists, each taken whole
  RewriteFn simplify = nullptr;     // laws that hold bit for bit
  RewriteFn shareHashes = nullptr;  // the same in terms of `hash` nodes that others can use too
  // Whether the result may be missing, given which arguments may be; null: the usual rule (a
  // strict argument may be missing, a strict float may be non-finite, or maybeResult).
  bool (*nullableIf)(std::span<const bool> argNullable) = nullptr;
  bool commutative = false;  // swapping the two arguments changes no bit that can be seen
  bool isHash = false;       // results are spread over 64 bits; losing some as an id is fine
  bool isCast = false;       // makes the value of its result's type that any single value stands for
  bool isInternal = false;   // made by the compiler only, not callable from a config
  OfStructs makesOfStructs = OfStructs::Nothing;
  // Of its two lists it asks only which elements are equal, so that numbers can stand for texts.
  bool comparesElements = false;
  // And it returns elements of the first list: the internal record that chooses them by their numbers.
  std::string_view choosesByNumber;
  // A constant parameter that may also vary with the data, the internal record that is taken then, and what a config
  // calls that one.
  std::string_view varyingParam;
  std::string_view whenVaries;
  std::string_view nameInConfigs;
  // How it is written when not as a call: `a + b`, `c ? a : b`, `[...]`. A letter stands for an argument, in their
  // order, `...` for all of them. Empty for calls.
  std::string_view written;
  std::string symbol;    // `written` without arguments, as messages name it: `+`, `?:`
  bool chained = false;  // more than two arguments can be written: `a ?? b ?? c`

  bool hasConstants() const;
  bool mayVary(const ParamSpec& param) const { return !varyingParam.empty() && param.name == varyingParam; }
  bool readsFiles() const;
  // Index of the record's parameter that argument `arg` belongs to (the last one repeats when variadic).
  size_t paramOfArg(size_t arg) const { return arg < params.size() ? arg : params.size() - 1; }
};

// -- Building records -----------------------------------------------------------------------------

// Adds overloads to a record. Each function pointer becomes one: add<f>().inlined(...).
class OperatorBuilder {
 public:
  explicit OperatorBuilder(Operator& op) : op_(op) {}

  OperatorBuilder& example(std::string_view expression, std::string_view result) {
    op_.examples.push_back({expression, result});
    return *this;
  }
  // What other systems call it: those who come from them look for that name.
  OperatorBuilder& foreignNames(std::initializer_list<std::string_view> names, std::string_view difference = {}) {
    for (std::string_view name : names) op_.foreignNames.push_back({name, difference});
    return *this;
  }
  // The same for what takes one list and is written in several calls here.
  OperatorBuilder& foreignCalls(std::initializer_list<std::string_view> names, std::string_view call) {
    for (std::string_view name : names) op_.foreignNames.push_back({name, {}, call});
    return *this;
  }
  // The signature of `fn`; `constants` are the types of the record's constant parameters. Trailing
  // parameters of the record may be absent from an overload.
  template <auto fn>
  OperatorBuilder& add(std::initializer_list<Type> constants = {}) {
    addFunction<OpFunction<fn>>({}, {}, constants);
    return *this;
  }
  // The same function for lists or maps that hold lists or maps, whose cells `fn` only moves as they are:
  // its parameters (constants excepted) and its result are of these types.
  template <auto fn>
  OperatorBuilder& addNested(const std::vector<Type>& params, Type result) {
    addFunction<OpFunction<fn>>(params, result, {});
    op_.overloads.back().nested = true;
    return *this;
  }
  // A kernel written by hand, for what one C++ function of a row cannot say (`cross`).
  OperatorBuilder& addCustom(Overload overload) {
    overload.required.resize(overload.params.size());
    overload.finite.resize(overload.params.size());
    op_.overloads.push_back(std::move(overload));
    return *this;
  }
  // The overload added last is what the one before it of the same parameters means from this version on. What else the
  // record says holds in all versions.
  OperatorBuilder& since(uint32_t semantics);
  OperatorBuilder& exampleSince(uint32_t semantics, std::string_view expression, std::string_view result) {
    op_.examples.push_back({expression, result, semantics});
    return *this;
  }
  // What native code computes instead of calling the function of the overload added last.
  OperatorBuilder& inlined(InlineStrict code) {
    op_.overloads.back().inlined = code;
    return *this;
  }
  // The same where missing arguments do not just make the result missing.
  OperatorBuilder& inlinedWithPresence(InlineWithPresence code) {
    op_.overloads.back().inlinedWithPresence = code;
    return *this;
  }
  // The overload added last is for calls that give this optional parameter.
  OperatorBuilder& onlyWith(std::string_view param);
  // Kernels that do what the overload added last does, faster than loops over its function can:
  // `Kernels` has a `kernel` and may have a `liftedKernel`; kReadsTexts, where it is there, says Overload::readsTexts.
  template <class Kernels>
  OperatorBuilder& columnKernels() {
    op_.overloads.back().kernel = &Kernels::kernel;
    op_.overloads.back().readsTexts = requires { Kernels::kReadsTexts; };
    if constexpr (requires { &Kernels::liftedKernel; }) op_.overloads.back().liftedKernel = &Kernels::liftedKernel;
    return *this;
  }
  // What the overload added last does with lists whose elements lie one behind the other.
  OperatorBuilder& flatKernel(FlatKernel kernel) {
    op_.overloads.back().flatKernel = kernel;
    return *this;
  }
  OperatorBuilder& liftedFlatKernel(FlatKernel kernel) {
    op_.overloads.back().liftedFlatKernel = kernel;
    return *this;
  }
  // The overload added last takes lists whole or not at all.
  OperatorBuilder& notLifted() {
    op_.overloads.back().liftedKernel = nullptr;
    return *this;
  }
  OperatorBuilder& prepare(PrepareFn fn) {
    op_.prepare = fn;
    return *this;
  }
  OperatorBuilder& resultRange(int64_t low, int64_t high) {
    op_.resultRange = {low, high};
    return *this;
  }
  // Results are values of this argument, or with `end` of all from it to the one before.
  OperatorBuilder& passesThrough(uint32_t first, uint32_t end = 0) {
    op_.passesThrough = {first, std::max(end, first + 1)};
    return *this;
  }
  OperatorBuilder& warnIfSame(std::string_view result, bool ofLists = true) {
    op_.warnIfSame = result;
    op_.warnIfSameLists = ofLists;
    return *this;
  }
  OperatorBuilder& warnIf(SuspectFn fn) {
    op_.warnIf = fn;
    return *this;
  }
  OperatorBuilder& reportIfOdd(OddFn fn) {
    op_.reportIfOdd = fn;
    return *this;
  }
  OperatorBuilder& proposeForMap(std::string_view call) {
    op_.proposeForMap = call;
    return *this;
  }
  OperatorBuilder& proposeForStructs(std::string_view call, std::string_view says) {
    op_.proposeForStructs = {call, says};
    return *this;
  }
  OperatorBuilder& simplify(RewriteFn fn) {
    op_.simplify = fn;
    return *this;
  }
  OperatorBuilder& shareHashes(RewriteFn fn) {
    op_.shareHashes = fn;
    return *this;
  }
  OperatorBuilder& nullableIf(bool (*fn)(std::span<const bool>)) {
    op_.nullableIf = fn;
    return *this;
  }
  OperatorBuilder& commutative() {
    op_.commutative = true;
    return *this;
  }
  // The overload added last; the record must be commutative.
  OperatorBuilder& associative() {
    op_.overloads.back().associative = true;
    return *this;
  }
  OperatorBuilder& givesHash() {
    op_.isHash = true;
    return *this;
  }
  OperatorBuilder& cast() {
    op_.isCast = true;
    return *this;
  }
  OperatorBuilder& internal() {
    op_.isInternal = true;
    return *this;
  }
  OperatorBuilder& makesOfStructs(OfStructs makes) {
    op_.makesOfStructs = makes;
    return *this;
  }
  OperatorBuilder& comparesElements(std::string_view choosesByNumber = {}) {
    op_.comparesElements = true;
    op_.choosesByNumber = choosesByNumber;
    return *this;
  }
  OperatorBuilder& whenVaries(std::string_view param, std::string_view internal) {
    op_.varyingParam = param;
    op_.whenVaries = internal;
    return *this;
  }
  // Internal: it stands for what a config calls so.
  OperatorBuilder& standsFor(std::string_view name) {
    op_.nameInConfigs = name;
    return internal();
  }
  OperatorBuilder& written(std::string_view form);
  OperatorBuilder& chained() {
    op_.chained = true;
    return *this;
  }

 private:
  // The overload of a function; `params` and `result`, where given, instead of its own types.
  template <class F>
  void addFunction(const std::vector<Type>& params, Type result, std::initializer_list<Type> constants) {
    Overload o;
    std::vector<std::tuple<Type, bool, bool>> values;
    F::paramTypes([&](Type t, bool strict, bool finite) {
      values.emplace_back(params.empty() ? t : params[values.size()], strict, finite);
    });
    o.variadic = F::kVariadic;
    o.result = result.isNone() ? F::resultType() : result;
    o.maybeResult = F::kMaybeResult;
    o.makesValues = F::kMakesValues;
    o.kernel = &F::kernel;
    o.readsTexts = true;
    if constexpr (F::liftable()) o.liftedKernel = &F::liftedKernel;
    finishOverload(std::move(o), values, constants);
  }
  void finishOverload(Overload o, const std::vector<std::tuple<Type, bool, bool>>& values,
                      std::initializer_list<Type> constants);
  Operator& op_;
};

// All operators, in the order of the reference: by group, then as registered.
class Registry {
 public:
  OperatorBuilder add(std::string_view name, std::vector<ParamSpec> params, std::string_view doc);
  void group(std::string_view name) { group_ = name; }

  const Operator* find(std::string_view name) const;
  // The operator that other systems call so; searched through, for people who look for it.
  struct Foreign {
    const Operator* op = nullptr;  // null: none is
    std::string_view difference{};
    std::string_view call{};
  };
  Foreign findForeign(std::string_view name) const;
  // The operator of so many parameters that is written with this symbol.
  const Operator* findSymbol(std::string_view symbol, size_t params) const;
  const std::vector<std::unique_ptr<Operator>>& all() const { return all_; }

 private:
  std::vector<std::unique_ptr<Operator>> all_;
  std::unordered_map<std::string_view, const Operator*> byName_;
  std::string_view group_;
};

// The one registry, built on first use from every group's file.
const Registry& operators();

// -- Choosing an overload ---------------------------------------------------------------------------

// How a call's arguments meet one overload.
struct Resolution {
  uint32_t overload = 0;
  uint64_t liftMask = 0;     // by argument: a list stands where the overload takes one element
  uint64_t convertMask = 0;  // by argument: int64 (or its list) must become float64 first
};

// The overload of a version of the meaning that takes `argTypes` (one per parameter; optional ones that were left out
// have type None) with the fewest lists mapped over, then the fewest conversions; ties go to the one registered first.
// Nothing where none fits.
std::optional<Resolution> resolve(const Operator& op, std::span<const Type> argTypes, uint32_t semantics);
// What keeps an overload from taking a call's arguments.
struct NearMiss {
  uint32_t overload = 0;
  std::vector<uint32_t> misfits{};  // arguments of other types than their parameters
  std::vector<uint32_t> lacking{};  // parameters that were left out
  std::vector<uint32_t> excess{};   // arguments without a parameter
  bool swapped = false;             // there are two misfits, and each fits where the other stands
};
// Where none fits, the overloads that come nearest, in the order of the record.
std::vector<NearMiss> nearMisses(const Operator& op, std::span<const Type> argTypes, uint32_t semantics);
// The call's type for arguments already converted.
Type resultType(const Operator& op, const Resolution& resolution, std::span<const Type> argTypes);
// `bucketize(x: float64, boundaries: list<float64>) -> int64`
std::string signature(const Operator& op, const Overload& overload);

}  // namespace featc
