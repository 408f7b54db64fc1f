// SPDX-License-Identifier: Apache-2.0
// Calls one operator on single values, as an engine would: resolve, prepare, kernel.
#include "tests/unit/ops_fixture.h"

#include "tests/memory/allocation_count.h"

namespace featc {

namespace {

Value toFloat(const Value& v) {
  if (v.isInt()) return Value::of(static_cast<double>(v.asInt()));
  if (!v.isList()) return v;
  Value::Elements elements;
  for (const Value& e : v.asList()) elements.push_back(toFloat(e));
  return Value::list(std::move(elements));
}

Type toFloat(Type t) { return (t.isList() ? Type::list(Type::float64()) : Type::float64()).withNullable(t.nullable()); }

// One row's cell of any type, with a validity bitmap.
struct OneRow {
  alignas(16) char cell[64] = {};
  uint8_t valid[8] = {};
  ColumnRef column() { return {cell, valid, false}; }
};

}  // namespace

CallResult callOperator(std::string_view name, std::vector<Arg> args, HashFamily family) {
  CallResult result;
  const Operator* op = operators().find(name);
  if (op == nullptr) return {.error = "no operator"};
  std::vector<Type> types;
  for (const Arg& a : args) types.push_back(a.type);
  auto resolution = resolve(*op, types, kUnwrittenSemantics);
  if (!resolution) return {.error = "no overload"};
  const Overload& overload = op->overloads[resolution->overload];
  if (!overload.variadic) args.resize(overload.params.size());

  Arena arena;
  Arena work;
  DataEvents events;
  std::vector<OneRow> rows(args.size());
  std::vector<ColumnRef> columns;
  std::vector<Type> valueTypes;
  std::vector<Value> constants;
  std::vector<Type> constantTypes;
  uint64_t liftMask = 0;
  types.clear();
  for (size_t i = 0; i < args.size(); ++i) {
    Arg& a = args[i];
    if (a.type.isNone()) a.type = overload.params[overload.paramOfArg(i)].withNullable();
    if ((resolution->convertMask >> i & 1U) != 0) a = {toFloat(a.value), toFloat(a.type)};
    types.push_back(a.type);
    if (op->params[op->paramOfArg(i)].isConstant) {
      constants.push_back(a.value);
      constantTypes.push_back(a.type);
      continue;
    }
    if ((resolution->liftMask >> i & 1U) != 0) liftMask |= uint64_t{1} << columns.size();
    columns.push_back(rows[i].column());
    valueTypes.push_back(a.type);
    storeCell(a.value, a.type, columns.back(), 0, arena);
  }
  Prepared prepared;
  if (op->prepare != nullptr) prepared = op->prepare(constants, constantTypes);
  if (prepared.error) return {.error = prepared.error->message};

  Context context;
  context.arena = &work;
  context.state = prepared.state.get();
  context.argTypes = valueTypes.data();
  context.argCount = static_cast<uint32_t>(columns.size());
  context.liftMask = liftMask;
  context.hashFamily = family;
  OneRow out;
  Kernel kernel = liftMask != 0 ? overload.liftedKernel : overload.kernel;
  // Once to fill the memory that is kept, and once more to see that nothing else is needed.
  kernel(context, columns.data(), out.column(), 1);
  work.reset();
  context.events = &events;
  context.rowStatus = &result.status;
  uint64_t before = allocationCount();
  kernel(context, columns.data(), out.column(), 1);
  result.warmAllocations = allocationCount() - before;
  result.type = resultType(*op, *resolution, types);
  result.value = loadCell(out.column(), result.type, 0);
  result.unequalLengths = events.unequalLengths;
  if (result.value.isMissing() && !result.type.nullable() && result.status == RowStatus::Ok)
    result.error = "missing, but the type is " + toString(result.type);
  // RE2 has a working set of its own where groups are captured.
  if (result.warmAllocations != 0 && !name.starts_with("regex_")) result.error = "allocates in a warm call";
  return result;
}

}  // namespace featc
