// SPDX-License-Identifier: Apache-2.0
// What fns that are mapped over lists are made of: the compiler calls these operators, configs cannot.
#include <algorithm>

#include "ops/groups.h"
#include "ops/operator.h"
#include "values/cell_types.h"

namespace featc {

namespace {

template <class T>
bool isAbsent(Maybe<T> x) {
  return !x.present;
}

InlineTerm inlineIsAbsent(Inline& b, const InlineTerm* a) {
  return {a[0].valid ? b.logicalNot(a[0].valid) : b.constBool(false), {}};
}

std::optional<NodeRef> simplifyIsAbsent(Rewriter& rw, std::span<const NodeRef> args) {
  // Of a list, whose elements may be missing, it is computed for each.
  if (rw.type(args[0]).nullable() || rw.type(args[0]).isList()) return std::nullopt;
  return rw.makeConstant(Value::of(false), Type::boolean());
}

uint64_t sizeOf(const List<List<bool>>& lists, uint64_t i) {
  return i < lists.size && lists.present(i) ? lists.data[i].size : 0;
}

// Each element as often as the list beside it has elements.
template <class T>
List<T> repeated(Context& context, List<T> list, List<List<bool>> as) {
  uint64_t size = 0;
  for (uint64_t i = 0; i < list.size; ++i) size += sizeOf(as, i);
  auto* data = context.newList<T>(size);
  auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(size);
  if (valid == nullptr) return {};
  uint64_t at = 0;
  for (uint64_t i = 0; i < list.size; ++i) {
    for (uint64_t left = sizeOf(as, i); left > 0; --left, ++at) {
      valid[at] = list.present(i) ? 1 : 0;
      data[at] = valid[at] != 0 ? list.data[i] : T{};
    }
  }
  return {data, valid, size};
}

// The elements cut into as many lists as there are, each as long; one that is missing there is missing.
template <class T>
List<List<T>> regrouped(Context& context, List<T> list, List<List<bool>> as) {
  auto* data = context.newList<List<T>>(as.size);
  auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(as.size);
  if (valid == nullptr) return {};
  uint64_t at = 0;
  for (uint64_t i = 0; i < as.size; ++i) {
    uint64_t size = std::min(sizeOf(as, i), list.size - at);
    valid[i] = as.present(i) ? 1 : 0;
    data[i] = size == 0 ? List<T>{} : List<T>{list.data + at, list.valid == nullptr ? nullptr : list.valid + at, size};
    at += size;
  }
  return {data, valid, as.size};
}

}  // namespace

void registerMapping(Registry& r) {
  auto absentOp = r.add("is_absent", {value("x")}, "Whether `x` is missing; a float that is not finite is not.")
                      .internal()
                      .simplify(simplifyIsAbsent);
  auto repeatedOp = r.add("repeated", {value("list"), value("as")},
                          "Each element, once for each element of the list at its position in `as`.")
                        .internal();
  auto regroupedOp = r.add("regrouped", {value("list"), value("as")},
                           "The elements, cut into lists that are as long as those in `as`.")
                         .internal();
  Type as = Type::list(Type::list(Type::boolean()));
  forEachScalar([&]<class T>() {
    absentOp.add<isAbsent<T>>();
    if constexpr (kInlineCell<T>) absentOp.inlinedWithPresence(inlineIsAbsent);
    repeatedOp.add<repeated<T>>().notLifted();
    regroupedOp.add<regrouped<T>>().notLifted();
  });
  forEachInnerType([&]<class C>(Type inner) {
    repeatedOp.template addNested<repeated<C>>({Type::list(inner), as}, Type::list(inner)).notLifted();
  });
}

}  // namespace featc
