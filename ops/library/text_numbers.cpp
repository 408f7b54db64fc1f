// SPDX-License-Identifier: Apache-2.0
// Texts as numbers, equal where the texts are: what the optimizer makes of two lists that several operators compare
// (optimizer/text_numbers.cpp).
//
// A text's number is where an equal one stands first: in the list beside, else in its own, counted on from the list
// beside's size. What is missing in a list stays missing.
#include <algorithm>

#include "ops/flat_lists.h"
#include "ops/groups.h"
#include "ops/library/terms.h"
#include "ops/operator.h"

namespace featc {

namespace {

// Not by Context::newList, which bounds what operators make: a field's list may be longer, and no row must fail by
// this.
int64_t* newNumbers(Context& context, uint64_t count) {
  if (!context.spend(count)) return nullptr;
  auto* numbers = context.arena->allocate<int64_t>(count);
  if (numbers == nullptr) context.fail(RowStatus::OutOfMemory);
  return numbers;
}

// The distinct texts of a list of any length in working memory, each with its number.
class LongNumbers {
 public:
  LongNumbers(RowScratch& scratch, uint64_t capacity)
      : values_(scratch.allocate<Str>(capacity)),
        numbers_(values_ == nullptr ? nullptr : scratch.allocate<int64_t>(capacity)),
        seen_(scratch, values_, numbers_ == nullptr ? 0 : capacity) {}
  bool ok() const { return numbers_ != nullptr && seen_.ok(); }

  int64_t add(const Str& x, uint64_t fresh) {
    if (seen_.add(x)) return numbers_[seen_.size() - 1] = static_cast<int64_t>(fresh);
    return numbers_[seen_.find(x)];
  }

 private:
  Str* values_;
  int64_t* numbers_;
  DistinctValues<Str> seen_;
};

// Adds a list's texts; what they get goes to `out`, if that is not null.
template <class Numbers>
void number(Numbers& numbers, const List<Str>& list, uint64_t from, int64_t* out) {
  for (uint64_t i = 0; i < list.size; ++i) {
    int64_t x = 0;
    if (list.present(i)) x = numbers.add(list.data[i], from + i);
    if (out != nullptr) out[i] = x;
  }
}

// Numbers lists beside one that often is the same as in the row before.
class Numbering {
 public:
  // Into `out`, of the list's size.
  void beside(Context& context, const List<Str>& base, const List<Str>& list, int64_t* out) {
    if (base.size > kMost || list.size > kMost - base.size) {
      RowScratch scratch(context);
      LongNumbers all(scratch, base.size + list.size);
      if (!all.ok()) {
        std::fill_n(out, list.size, 0);
        return;
      }
      number(all, base, 0, nullptr);
      number(all, list, base.size, out);
      return;
    }
    take(base);
    number(few_, list, base.size, out);
    few_.shrink(baseSize_);
  }
  // The same of texts that lie one behind the other; 8 bytes from any text's beginning up to `readable` may be read.
  bool beside(const List<Str>& base, const FlatLists& texts, uint32_t from, uint32_t size, const char* readable,
              int64_t* out) {
    if (base.size > kMost || size > kMost - base.size) return false;
    take(base);
    for (uint32_t i = 0; i < size; ++i) {
      Str x = texts.text(from + i);
      uint64_t print = x.data <= readable ? TextPrint::inside(x) : TextPrint::of(x);
      out[i] = static_cast<int64_t>(few_.add(x, print, static_cast<uint32_t>(base.size) + i));
    }
    few_.shrink(baseSize_);
    return true;
  }

 private:
  using Few = ShortNumbers<Str, 255, 512>;
  static constexpr uint64_t kMost = Few::kMost;

  void take(const List<Str>& base) {
    if (base.data == base_.data && base.size == base_.size && base.valid == base_.valid) return;
    base_ = base;
    few_.shrink(0);
    number(few_, base, 0, nullptr);
    baseSize_ = few_.size();
  }

  Few few_;
  List<Str> base_;
  uint32_t baseSize_ = 0;  // how many distinct ones it has
};

List<int64_t> numberedBy(Context& context, Numbering& numbering, const List<Str>& list, const List<Str>& base) {
  auto* data = newNumbers(context, list.size);
  if (data == nullptr) return {};
  numbering.beside(context, base, list, data);
  return {data, list.valid, list.size};
}
List<int64_t> numbered(Context& context, List<Str> list) {
  Numbering numbering;
  return numberedBy(context, numbering, list, {});
}
List<int64_t> numberedBeside(Context& context, List<Str> list, List<Str> beside) {
  Numbering numbering;
  return numberedBy(context, numbering, list, beside);
}

// What rows with the same list beside have in common is done once.
struct NumberedColumns {
  static void kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    const ColumnRef lists = args[0];
    const ColumnRef bases = args[1];
    detail::RowWriter<List<int64_t>> writer(out);
    Numbering numbering;
    for (uint32_t row = 0; row < n; ++row) {
      context.row = row;
      bool present = lists.present(row) && bases.present(row);
      List<int64_t> numbers;
      if (present) {
        auto base = bases.get<List<Str>>(row);
        if (context.spend(base.size)) numbers = numberedBy(context, numbering, lists.get<List<Str>>(row), base);
      }
      writer.put(row, numbers, present);
    }
    writer.finish(n);
  }
};

bool numberedFlat(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  const ColumnRef bases = args[1];
  if (bases.flat != nullptr && *bases.flat) writeCells(bases, Type::list(Type::string()), n);
  FlatLists lists;
  if (!allPresent(bases, n) || !isFlat(context, args[0], Type::string(), n, lists, true)) return false;
  const uint32_t total = lists.total(n);
  if (lists.texts != nullptr && !context.spend((lists.texts[total] - lists.texts[0]) >> Context::kTextStepBits))
    return false;
  Arena::Mark before = context.arena->mark();
  auto* made = newElements<int64_t>(context, total);
  if (made == nullptr) return false;
  const auto* cells = static_cast<const Str*>(lists.elements);
  const char* readable =
      lists.texts == nullptr || lists.texts[total] < 8 ? nullptr : lists.bytes + lists.texts[total] - 8;
  Numbering numbering;
  uint32_t at = 0;
  for (uint32_t row = 0; row < n; ++row) {
    const uint32_t size = lists.sizeOf(row);
    const auto base = bases.get<List<Str>>(row);
    if (lists.texts == nullptr) {
      context.row = row;
      numbering.beside(context, base, {cells + at, nullptr, size}, made + at);
    } else if (!numbering.beside(base, lists, at, size, readable, made + at)) {
      context.arena->rewind(before);
      return false;
    }
    at += size;
  }
  copyPresence(args[0], out, n);
  *out.flat = {.elements = made, .starts = lists.starts, .hasCells = false};
  return true;
}

// -- Elements chosen by numbers -----------------------------------------------------------------------

// The numbers whose elements are wanted.
template <bool common>
uint64_t wantedOf(const ShortTerms& terms) {
  return terms.inQuery & (common ? terms.inTitle : ~terms.inTitle);
}

// Writes the elements whose number is wanted, each once; how many they are. There must be room for all.
template <class T>
uint64_t takeWanted(const List<T>& list, const List<int64_t>& numbers, uint64_t wanted, T* out) {
  uint64_t size = 0;
  for (uint64_t i = 0; i < std::min(list.size, numbers.size); ++i) {
    if (!numbers.present(i)) continue;
    auto number = static_cast<unsigned>(numbers.data[i]);
    out[size] = list.data[i];
    size += wanted >> number & 1U;
    wanted &= ~(uint64_t{1} << number);
  }
  return size;
}

template <class T, bool common>
List<T> chosen(Context& context, List<T> list, List<int64_t> numbers, List<int64_t> others) {
  // What `intersect` and `difference` of the lists refuse.
  if (common && std::min(numbers.size, others.size) > kMaxElements) {
    context.fail(RowStatus::ValueTooLarge);
    return {};
  }
  T* out = context.spend(list.size) ? context.arena->allocate<T>(list.size) : nullptr;
  if (out == nullptr) {
    context.fail(RowStatus::OutOfMemory);
    return {};
  }
  SmallTerms small;
  if (const ShortTerms* terms = small.take(numbers, others))
    return {out, nullptr, takeWanted(list, numbers, wantedOf<common>(*terms), out)};
  RowScratch scratch(context);
  uint64_t capacity = numbers.size + others.size;
  auto* values = scratch.allocate<int64_t>(capacity);
  if (values == nullptr) return {};
  DistinctValues<int64_t> seen(scratch, values, capacity, boundOf(numbers, others));
  auto* taken = seen.ok() ? scratch.allocate<uint8_t>(others.size) : nullptr;
  if (taken == nullptr) return {};
  std::fill_n(taken, others.size, uint8_t{0});
  seen.addAll(others);
  uint64_t size = 0;
  for (uint64_t i = 0; i < std::min(list.size, numbers.size); ++i) {
    if (!numbers.present(i)) continue;
    if constexpr (common) {
      uint32_t at = seen.find(numbers.data[i]);
      if (at == seen.kAbsent || std::exchange(taken[at], uint8_t{1}) != 0) continue;
    } else if (!seen.add(numbers.data[i])) {
      continue;
    }
    out[size++] = list.data[i];
  }
  if (size > kMaxElements) {
    context.fail(RowStatus::ValueTooLarge);
    return {};
  }
  return {out, nullptr, size};
}

template <class T, bool common>
bool chosenFlat(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  const ColumnRef lists = args[0];
  const ColumnRef ofLists = args[1];
  const ColumnRef others = args[2];
  auto ready = [&](const ColumnRef& column, Type element) {
    if (column.flat != nullptr && *column.flat) writeCells(column, Type::list(element), n);
    return allPresent(column, n);
  };
  bool all = ready(lists, cellType<T>());
  all = ready(ofLists, Type::int64()) && all;
  all = ready(others, Type::int64()) && all;
  auto isPresent = [&](uint32_t row) {
    return all || (lists.present(row) && ofLists.present(row) && others.present(row));
  };
  uint64_t most = 0;
  for (uint32_t row = 0; row < n; ++row) {
    if (!isPresent(row)) continue;
    uint64_t size = lists.get<List<T>>(row).size;
    if (size > ShortTerms::kMost) return false;
    most += size;
  }
  Arena::Mark before = context.arena->mark();
  auto* starts = newElements<uint32_t>(context, n + 1);
  auto* made = starts == nullptr ? nullptr : newElements<T>(context, most);
  if (made == nullptr) return false;
  uint32_t at = 0;
  SmallTerms small;
  for (uint32_t row = 0; row < n; ++row) {
    starts[row] = at;
    if (!isPresent(row)) continue;
    const auto numbers = ofLists.get<List<int64_t>>(row);
    const ShortTerms* terms = small.take(numbers, others.get<List<int64_t>>(row));
    if (terms == nullptr) {
      context.arena->rewind(before);
      return false;
    }
    at += static_cast<uint32_t>(takeWanted(lists.get<List<T>>(row), numbers, wantedOf<common>(*terms), made + at));
  }
  starts[n] = at;
  if (out.valid != nullptr) {
    std::fill_n(out.valid, (n + 7) / 8, uint8_t{0});
    for (uint32_t row = 0; row < n; ++row) setBit(out.valid, row, isPresent(row));
  }
  *out.flat = {.elements = made, .starts = starts, .hasCells = false};
  return true;
}

}  // namespace

void registerTextNumbers(Registry& r) {
  r.add("numbered", {value("list")}, "For each text, the first position of an equal text in the list.")
      .internal()
      .add<numbered>()
      .notLifted();
  r.add("numbered_beside", {value("list"), value("beside")},
        "For each text, the first position of an equal text in the other list; if there is none, the other list's "
        "length plus the first position in the list itself.")
      .internal()
      .add<numberedBeside>()
      .columnKernels<NumberedColumns>()
      .flatKernel(&numberedFlat)
      .notLifted();
  std::vector<ParamSpec> params{value("list"), value("numbers"), value("others")};
  r.add("intersect_numbered", params, "The elements whose numbers are among the others, each number once.")
      .internal()
      .add<chosen<Str, true>>()
      .flatKernel(&chosenFlat<Str, true>)
      .notLifted()
      .add<chosen<int64_t, true>>()
      .flatKernel(&chosenFlat<int64_t, true>)
      .notLifted();
  r.add("difference_numbered", params, "The elements whose numbers are not among the others, each number once.")
      .internal()
      .add<chosen<Str, false>>()
      .flatKernel(&chosenFlat<Str, false>)
      .notLifted()
      .add<chosen<int64_t, false>>()
      .flatKernel(&chosenFlat<int64_t, false>)
      .notLifted();
}

}  // namespace featc
