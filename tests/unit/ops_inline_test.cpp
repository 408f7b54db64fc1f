// SPDX-License-Identifier: Apache-2.0
// Every inline lowering computes the bits of its operator's C++ function, on every edge value.
#include <bit>
#include <cmath>
#include <deque>

#include "tests/common/catch.h"
#include "tests/unit/ops_fixture.h"

namespace featc {

namespace {

// Computes at once what a code generator would emit; a handle points at the value's 64 bits.
class Evaluator : public Inline {
 public:
  Evaluator(const OpState* state, HashFamily family) : state_(state), family_(family) {}

  V make(uint64_t bits) {
    cells_.push_back(bits);
    return {&cells_.back()};
  }
  static uint64_t bits(V v) { return *static_cast<uint64_t*>(v.handle); }
  static int64_t i(V v) { return static_cast<int64_t>(bits(v)); }
  static double f(V v) { return std::bit_cast<double>(bits(v)); }
  static bool b(V v) {
    REQUIRE(bits(v) <= 1);
    return bits(v) != 0;
  }
  V ofFloat(double v) { return make(std::bit_cast<uint64_t>(v)); }

  V constInt(int64_t v) override { return make(static_cast<uint64_t>(v)); }
  V constFloat(double v) override { return ofFloat(v); }
  V constBool(bool v) override { return make(v ? 1 : 0); }
  V add(V x, V y) override { return make(bits(x) + bits(y)); }
  V sub(V x, V y) override { return make(bits(x) - bits(y)); }
  V mul(V x, V y) override { return make(bits(x) * bits(y)); }
  V bitAnd(V x, V y) override { return make(bits(x) & bits(y)); }
  V bitOr(V x, V y) override { return make(bits(x) | bits(y)); }
  V bitXor(V x, V y) override { return make(bits(x) ^ bits(y)); }
  V shiftLeft(V x, unsigned count) override { return make(bits(x) << count); }
  V shiftRightUnsigned(V x, unsigned count) override { return make(bits(x) >> count); }
  V compare(IntCompare how, V x, V y) override {
    switch (how) {
      case IntCompare::Equal: return constBool(i(x) == i(y));
      case IntCompare::NotEqual: return constBool(i(x) != i(y));
      case IntCompare::Less: return constBool(i(x) < i(y));
      case IntCompare::LessEqual: return constBool(i(x) <= i(y));
      case IntCompare::UnsignedLess: return constBool(bits(x) < bits(y));
      case IntCompare::UnsignedLessEqual: break;
    }
    return constBool(bits(x) <= bits(y));
  }
  V fadd(V x, V y) override { return ofFloat(f(x) + f(y)); }
  V fsub(V x, V y) override { return ofFloat(f(x) - f(y)); }
  V fmul(V x, V y) override { return ofFloat(f(x) * f(y)); }
  V fdiv(V x, V y) override { return ofFloat(f(x) / f(y)); }
  V fneg(V x) override { return ofFloat(-f(x)); }
  V fabs(V x) override { return ofFloat(std::fabs(f(x))); }
  V sqrt(V x) override { return ofFloat(std::sqrt(f(x))); }
  V floor(V x) override { return ofFloat(std::floor(f(x))); }
  V ceil(V x) override { return ofFloat(std::ceil(f(x))); }
  V trunc(V x) override { return ofFloat(std::trunc(f(x))); }
  V compare(FloatCompare how, V x, V y) override {
    switch (how) {
      case FloatCompare::Equal: return constBool(f(x) == f(y));
      case FloatCompare::NotEqual: return constBool(f(x) != f(y));
      case FloatCompare::Less: return constBool(f(x) < f(y));
      case FloatCompare::LessEqual: break;
    }
    return constBool(f(x) <= f(y));
  }
  V bitsOfFloat(V x) override { return x; }
  V floatOfBits(V x) override { return x; }
  V intToFloat(V x) override { return ofFloat(static_cast<double>(i(x))); }
  V floatToInt(V x) override {
    REQUIRE(f(x) >= -0x1p63);
    REQUIRE(f(x) < 0x1p63);
    return constInt(static_cast<int64_t>(f(x)));
  }
  V boolToInt(V x) override { return constInt(b(x) ? 1 : 0); }
  V logicalAnd(V x, V y) override { return constBool(b(x) && b(y)); }
  V logicalOr(V x, V y) override { return constBool(b(x) || b(y)); }
  V logicalNot(V x) override { return constBool(!b(x)); }
  V select(V condition, V x, V y) override { return b(condition) ? x : y; }
  const OpState* state() const override { return state_; }
  HashFamily hashFamily() const override { return family_; }

 private:
  const OpState* state_;
  HashFamily family_;
  std::deque<uint64_t> cells_;
};

// A row's argument: bits and presence.
struct Cell {
  uint64_t bits = 0;
  bool present = true;
};

std::vector<Cell> edges(Type type) {
  std::vector<Cell> cells;
  if (type.is(Kind::Bool)) return {{0}, {1}, {0, false}, {1, false}};
  if (type.is(Kind::Int64)) {
    for (int64_t v : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{7}, int64_t{-25}, int64_t{1} << 53,
                      (int64_t{1} << 53) + 1, int64_t{1} << 44, kMinInt, kMinInt + 1, kMaxInt, kMaxInt - 1})
      cells.push_back({static_cast<uint64_t>(v)});
    cells.push_back({static_cast<uint64_t>(kMinInt), false});
    return cells;
  }
  for (double v : {0.0, 0.5, 1.0, 1.5, 2.5, 0.49999999999999994, 4503599627370495.5, 4503599627370497.0,
                   9007199254740993.0, 18.0, 3.7, 1e300, 5e-324, 2.2250738585072014e-308, 9.2233720368547748e18,
                   9.2233720368547758e18, 1.7976931348623157e308, kInf}) {
    cells.push_back({std::bit_cast<uint64_t>(v)});
    cells.push_back({std::bit_cast<uint64_t>(-v)});
  }
  cells.push_back({std::bit_cast<uint64_t>(kNaN)});
  cells.push_back({std::bit_cast<uint64_t>(kNaN), false});
  cells.push_back({std::bit_cast<uint64_t>(1e308), false});
  return cells;
}

// Around the floats of 32 bits, for functions of one number.
std::vector<Cell> roundingEdges() {
  std::vector<Cell> cells;
  for (double v : {0.1, 0x1.fffffefp127, 0x1.ffffffp127, 0x1.000001p0, 0x1.000003p0, 0x1p-149, 0x1p-150, 0x1.8p-149,
                   0x1.8p-150, 0x1.fffffffp-127, 0x1.0000004p-126})
    for (double x : {v, -v}) cells.push_back({std::bit_cast<uint64_t>(x)});
  return cells;
}

bool isRegister(Type t) { return t.is(Kind::Bool) || t.is(Kind::Int64) || t.is(Kind::Float64); }

std::optional<Value> constantFor(Type type) {
  if (type.same(Type::list(Type::int64())))
    return Value::list({Value::of(int64_t{-25}), Value::of(int64_t{0}), Value::of(int64_t{7}), Value::of(kMaxInt)});
  if (type.same(Type::list(Type::float64())))
    return Value::list({Value::of(-1e300), Value::of(-0.0), Value::of(0.5), Value::of(18.0), Value::of(1e308)});
  return std::nullopt;
}

// One row of the C++ function.
Cell runKernel(const Overload& o, Context& context, const std::vector<Cell>& args) {
  std::vector<uint64_t> data;
  std::vector<uint8_t> valid;
  for (const Cell& c : args) {
    data.push_back(c.bits);
    valid.push_back(c.present ? 1 : 0);
  }
  std::vector<ColumnRef> columns;
  for (size_t i = 0; i < args.size(); ++i) columns.push_back({&data[i], &valid[i], false});
  uint64_t out = 0;
  uint8_t outValid = 0;
  o.kernel(context, columns.data(), {&out, &outValid, false}, 1);
  return {o.result.is(Kind::Bool) ? out & 1U : out, (outValid & 1U) != 0};
}

Cell runInline(const Overload& o, const OpState* state, const std::vector<Type>& types, const std::vector<bool>& finite,
               const std::vector<Cell>& args, bool nullHandles) {
  Evaluator e(state, HashFamily::Xxh3);
  std::vector<InlineTerm> terms;
  std::vector<InlineValue> values;
  bool allPresent = true;
  for (size_t i = 0; i < args.size(); ++i) {
    const Cell& c = args[i];
    values.push_back(e.make(c.bits));
    terms.push_back({values.back(), nullHandles ? InlineValue{} : e.constBool(c.present)});
    allPresent = allPresent && c.present;
    if (finite[i] && types[i].is(Kind::Float64) && !std::isfinite(std::bit_cast<double>(c.bits))) allPresent = false;
  }
  InlineTerm r;
  if (o.inlinedWithPresence != nullptr) {
    r = o.inlinedWithPresence(e, terms.data());
  } else {
    r = {o.inlined(e, values.data()), e.constBool(allPresent)};
  }
  REQUIRE(r.value);
  return {Evaluator::bits(r.value), !r.valid || Evaluator::b(r.valid)};
}

bool sameBits(Type type, uint64_t a, uint64_t b) {
  if (a == b) return true;
  return type.is(Kind::Float64) && std::isnan(std::bit_cast<double>(a)) && std::isnan(std::bit_cast<double>(b));
}

void checkOverload(const Operator& op, const Overload& o) {
  std::vector<Type> types;
  std::vector<bool> finite;
  std::vector<Value> constants;
  std::vector<Type> constantTypes;
  for (size_t i = 0; i < o.params.size(); ++i) {
    if (op.params[i].isConstant) {
      auto v = constantFor(o.params[i]);
      REQUIRE(v);
      constants.push_back(*v);
      constantTypes.push_back(o.params[i]);
    } else {
      REQUIRE(isRegister(o.params[i]));
      types.push_back(o.params[i]);
      finite.push_back(o.finite[i]);
    }
  }
  Prepared prepared;
  if (op.prepare != nullptr) prepared = op.prepare(constants, constantTypes);
  REQUIRE(!prepared.error);
  Arena arena;
  Context context;
  context.arena = &arena;
  context.state = prepared.state.get();
  context.argTypes = types.data();
  context.argCount = static_cast<uint32_t>(types.size());

  std::vector<std::vector<Cell>> choices;
  for (Type t : types) choices.push_back(edges(t));
  if (types.size() == 1 && types[0].is(Kind::Float64))
    for (Cell c : roundingEdges()) choices[0].push_back(c);
  std::vector<size_t> at(types.size());
  for (bool more = true; more;) {
    std::vector<Cell> args;
    bool allPresent = true;
    for (size_t i = 0; i < at.size(); ++i) {
      args.push_back(choices[i][at[i]]);
      allPresent = allPresent && args.back().present;
    }
    Cell want = runKernel(o, context, args);
    for (bool nullHandles : {false, true}) {
      if (nullHandles && !allPresent) continue;
      Cell got = runInline(o, prepared.state.get(), types, finite, args, nullHandles);
      bool same = got.present == want.present && (!want.present || sameBits(o.result, got.bits, want.bits));
      if (!same) {
        std::string text;
        for (const Cell& c : args) text += std::to_string(c.bits) + (c.present ? " " : "(missing) ");
        FAIL_CHECK(signature(op, o) << " on " << text << ": kernel " << want.bits << " " << want.present << ", inline "
                                    << got.bits << " " << got.present);
      }
    }
    more = false;
    for (size_t i = 0; i < at.size() && !more; ++i) {
      more = ++at[i] < choices[i].size();
      if (!more) at[i] = 0;
    }
  }
}

}  // namespace

TEST_CASE("inline lowerings equal the C++ functions") {
  size_t overloads = 0;
  for (const auto& op : operators().all()) {
    for (const Overload& o : op->overloads) {
      if (!o.canInline()) continue;
      ++overloads;
      checkOverload(*op, o);
    }
  }
  CHECK(overloads > 50);
}

TEST_CASE("hashes of other families have no lowering") {
  const Operator& op = *operators().find("hash");
  for (const Overload& o : op.overloads) {
    if (o.inlined == nullptr) continue;
    Evaluator e(nullptr, HashFamily::Farm);
    InlineValue x = e.make(0);
    CHECK(!o.inlined(e, &x));
  }
}

}  // namespace featc
