// SPDX-License-Identifier: Apache-2.0
// Comparing the texts of one list with a text of each row: `visits.category == category`.
#pragma once

#include "ops/kernel.h"
#include "ops/library/key_index.h"

namespace featc {

// `fn` tells whether two texts are equal or, `negated`, whether they are not.
template <auto fn, bool negated>
struct EqualTexts : OpFunction<fn> {
  static constexpr bool kReadsTexts = true;

  // A list that serves all rows is numbered once: each text by the first place where it stands. A row's text is looked
  // for once, and its place compared with those numbers; rows with texts of one place share what comes out.
  static void liftedKernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    const ColumnRef& lists = args[context.liftMask == 1 ? 0 : 1];
    const ColumnRef& texts = args[context.liftMask == 1 ? 1 : 0];
    auto list = std::has_single_bit(context.liftMask) && n > 0 ? lists.get<List<Str>>(0) : List<Str>();
    if (list.size == 0 || !KeyIndex<Str>::worthwhile(list.size, n) || endOfRun<List<Str>>(lists, 0, n) != n ||
        !lists.present(0))
      return OpFunction<fn>::liftedKernel(context, args, out, n);
    KeyIndex<Str> index(list);
    std::array<uint16_t, KeyIndex<Str>::kMaxKeys> numbers;
    for (uint64_t k = 0; k < list.size; ++k)
      numbers[k] = list.present(k) ? static_cast<uint16_t>(index.find(list.data[k])) : kMissing;
    std::array<List<bool>, KeyIndex<Str>::kMaxKeys + 1> made;  // by place; empty: not yet
    detail::RowWriter<List<bool>> writer(out);
    for (uint32_t row = 0; row < n; ++row) {
      context.row = row;
      bool present = texts.present(row);
      List<bool> equal;
      if (present) {
        uint64_t place = index.find(texts.get<Str>(row));
        if (made[place].size == 0) made[place] = compare(context, list, numbers, static_cast<uint16_t>(place));
        equal = made[place];
      }
      writer.put(row, equal, present);
    }
    writer.finish(n);
  }

 private:
  static constexpr uint16_t kMissing = UINT16_MAX;

  template <class Numbers>
  static List<bool> compare(Context& context, const List<Str>& list, const Numbers& numbers, uint16_t wanted) {
    auto* data = context.newList<bool>(list.size);
    if (data == nullptr) return {};
    for (uint64_t k = 0; k < list.size; ++k) data[k] = (numbers[k] == wanted) != negated;
    for (uint64_t k = 0; list.valid != nullptr && k < list.size; ++k) data[k] &= list.valid[k] != 0;
    return {data, list.valid, list.size};
  }
};

}  // namespace featc
