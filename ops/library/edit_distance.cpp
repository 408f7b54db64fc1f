// SPDX-License-Identifier: Apache-2.0
// `edit_distance`: Levenshtein's, in code points or bytes.
#include <algorithm>
#include <array>
#include <cstring>

#include "ops/groups.h"
#include "ops/library/edit_bits.h"
#include "ops/operator.h"
#include "ops/scratch.h"
#include "values/code_points.h"

namespace featc {

namespace {

// The most steps, one for each pair of units, that a row may cost.
constexpr uint64_t kMaxSteps = uint64_t{1} << 24U;

struct EditUnit : OpState {
  bool bytes = false;
};
Prepared prepareEdit(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<EditUnit>();
  if (!constants[0].isMissing()) {
    const std::string& unit = constants[0].asString();
    if (unit != "bytes" && unit != "code_points")
      return {nullptr,
              PrepareError{2, "there is no unit " + toString(constants[0]) + "; there are code_points, bytes"}};
    state->bytes = unit == "bytes";
  }
  return {state, std::nullopt};
}

uint32_t* unitsOf(RowScratch& scratch, bool bytes, std::string_view s, uint64_t& count) {
  auto* out = scratch.allocate<uint32_t>(s.size());
  count = 0;
  if (out == nullptr) return nullptr;
  while (!s.empty()) out[count++] = takeUnit(s, bytes);
  return out;
}

int64_t bitDistance(const uint32_t* a, uint64_t n, const uint32_t* b, uint64_t m) {
  UnitPlaces places;
  for (uint64_t i = 0; i < n; ++i) places.add(a[i], i);
  EditCosts costs;
  for (uint64_t j = 0; j < m; ++j) costs.step(places.of(b[j]));
  return costs.distance(n, m);
}

int64_t editDistance(Context& context, const EditUnit& state, Str left, Str right) {
  RowScratch scratch(context);
  uint64_t n = 0;
  uint64_t m = 0;
  uint32_t* a = unitsOf(scratch, state.bytes, left.view(), n);
  uint32_t* b = a == nullptr ? nullptr : unitsOf(scratch, state.bytes, right.view(), m);
  if (b == nullptr) return 0;
  // What both begin or end with costs nothing.
  for (; n > 0 && m > 0 && a[0] == b[0]; --n, --m) ++a, ++b;
  while (n > 0 && m > 0 && a[n - 1] == b[m - 1]) --n, --m;
  if (n == 0 || m == 0) return static_cast<int64_t>(n + m);
  if (n > kMaxSteps / m) {
    context.fail(RowStatus::ValueTooLarge);
    return 0;
  }
  if (std::min(n, m) <= kPatternUnits) {
    if (!context.spend(n * m)) return 0;
    return n <= m ? bitDistance(a, n, b, m) : bitDistance(b, m, a, n);
  }
  // cost[j]: from the first i units of `a` to the first j of `b`.
  auto* cost = scratch.allocate<uint32_t>(m + 1);
  if (cost == nullptr) return 0;
  for (uint64_t j = 0; j <= m; ++j) cost[j] = static_cast<uint32_t>(j);
  for (uint64_t i = 1; i <= n && context.spend(m); ++i) {
    uint32_t diagonal = cost[0];
    cost[0] = static_cast<uint32_t>(i);
    for (uint64_t j = 1; j <= m; ++j) {
      uint32_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = cost[j];
      cost[j] = std::min({replaced, cost[j] + 1, cost[j - 1] + 1});
    }
  }
  return cost[m];
}

bool isAscii(Str text) {
  constexpr uint64_t kHigh = 0x8080808080808080;
  uint64_t seen = 0;
  uint64_t i = 0;
  for (; i + sizeof seen <= text.size; i += sizeof seen) {
    uint64_t word = 0;
    std::memcpy(&word, text.data + i, sizeof word);
    seen |= word;
  }
  for (; i < text.size; ++i) seen |= static_cast<unsigned char>(text.data[i]);
  return (seen & kHigh) == 0;
}

// The same over columns: a text that the rows of a run share, on either side, is made a pattern once. A step waits for
// the one before it, so that several rows take turns.
class EditColumns {
 public:
  static constexpr bool kReadsTexts = true;
  static void kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    constexpr uint32_t kFewRows = 3;  // a table is not worth being cleared for
    if (n <= kFewRows) return OpFunction<editDistance>::kernel(context, args, out, n);
    detail::RowWriter<int64_t> writer(out);
    for (uint32_t row = 0; row < n; ++row) writer.put(row, 0, args[0].present(row) && args[1].present(row));
    writer.finish(n);
    EditColumns(context, args, static_cast<int64_t*>(out.data), n).compute();
  }

 private:
  static constexpr uint32_t kNoRow = UINT32_MAX;
  // What is left of a text that has a byte a unit.
  struct Reader {
    const char* next = nullptr;
    const char* end = nullptr;
    uint32_t row = kNoRow;
    uint32_t size = 0;
    EditCosts costs{};
  };
  static constexpr size_t kReaders = 4;
  using Readers = std::array<Reader, kReaders>;
  // g++ 12 drops the attribute from a `using`.
  typedef uint64_t Pair __attribute__((vector_size(2 * sizeof(uint64_t))));  // NOLINT(modernize-use-using)
  // The most bytes of a text that any pattern may be compared with.
  static constexpr uint64_t kMaxBytes = kMaxSteps / kPatternUnits;

  EditColumns(Context& context, const ColumnRef* args, int64_t* out, uint32_t n)
      : context_(context),
        state_(static_cast<const EditUnit&>(*context.state)),
        left_(args[0]),
        right_(args[1]),
        out_(out),
        n_(n) {}

  void compute() {
    while (row_ < n_) {
      Readers readers;
      bool all = true;
      for (Reader& reader : readers) all = begin(reader) && all;
      while (all) {
        readTogether(readers);
        for (Reader& reader : readers) {
          if (reader.next != reader.end) continue;
          finish(reader);
          all = begin(reader) && all;
        }
      }
      for (Reader& reader : readers)
        if (reader.row != kNoRow) readToEnd(reader);
      if (row_ < n_) choosePattern();
    }
  }

  // Goes to the next row of the pattern whose other text has a byte a unit, and computes those before it. False: none.
  bool begin(Reader& reader) {
    reader = {};
    for (; row_ < n_; ++row_) {
      if (!left_.present(row_) || !right_.present(row_)) continue;
      Str left = left_.get<Str>(row_);
      Str right = right_.get<Str>(row_);
      bool isLeft = pattern_.is(left);
      if (!isLeft && !pattern_.is(right)) return false;
      Str text = isLeft ? right : left;
      if (!pattern_.fits() || text.size > kMaxBytes) {
        context_.row = row_;
        out_[row_] = editDistance(context_, state_, left, right);
        continue;
      }
      constexpr uint64_t kStepsAUnit = 4;
      if (!context_.spend(kStepsAUnit * text.size)) {
        row_ = n_;
        return false;
      }
      if (state_.bytes || isAscii(text)) {
        reader = {text.data, text.data + text.size, row_++, static_cast<uint32_t>(text.size)};
        return true;
      }
      EditCosts costs;
      uint64_t units = 0;
      for (std::string_view rest = text.view(); !rest.empty(); ++units) costs.step(pattern_.of(takeUnit(rest, false)));
      out_[row_] = costs.distance(pattern_.units(), units);
    }
    return false;
  }

  // As far as the first end.
  void readTogether(Readers& readers) const {
    auto steps = readers[0].end - readers[0].next;
    for (const Reader& reader : readers) steps = std::min(steps, reader.end - reader.next);
    const Readers from = readers;
    std::array<EditColumn<Pair>, kReaders / 2> columns;
    for (size_t k = 0; k < kReaders; k += 2) {
      columns[k / 2].more = Pair{from[k].costs.more, from[k + 1].costs.more};
      columns[k / 2].less = Pair{from[k].costs.less, from[k + 1].costs.less};
    }
    for (std::ptrdiff_t i = 0; i < steps; ++i)
      for (size_t k = 0; k < kReaders; k += 2)
        columns[k / 2].step(Pair{pattern_.ofByte(from[k].next[i]), pattern_.ofByte(from[k + 1].next[i])});
    for (size_t k = 0; k < kReaders; ++k) {
      readers[k].next += steps;
      readers[k].costs.more = columns[k / 2].more[k % 2];
      readers[k].costs.less = columns[k / 2].less[k % 2];
    }
  }

  void readToEnd(Reader reader) const {
    while (reader.next != reader.end) reader.costs.step(pattern_.ofByte(*reader.next++));
    finish(reader);
  }
  void finish(const Reader& reader) const { out_[reader.row] = reader.costs.distance(pattern_.units(), reader.size); }

  // For the next row: the side that is as in the row for which it was chosen last.
  void choosePattern() {
    Str right = right_.get<Str>(row_);
    bool isRun = right.data == lastRight_.data && right.size == lastRight_.size;
    pattern_.set(isRun ? right : left_.get<Str>(row_), state_.bytes);
    lastRight_ = right;
  }

  Context& context_;
  const EditUnit& state_;
  const ColumnRef left_;
  const ColumnRef right_;
  int64_t* out_;
  uint32_t n_;
  uint32_t row_ = 0;
  EditPattern pattern_;
  Str lastRight_;
};

}  // namespace

void registerEditDistance(Registry& r) {
  r.group("Text");
  r.add("edit_distance", {value("a"), value("b"), optionalConstant("unit")},
        "How many code points (bytes with `unit = "
        "\"bytes\"`) to add, remove or change from `a` to `b`; fails the row where the lengths' product is above 2^24.")
      .warnIfSame("the result is 0")
      .example(R"(edit_distance("kitten", "sitting"))", "3")
      .example(R"(edit_distance("caf\u{e9}", "cafe"))", "1")
      .example(R"(edit_distance("caf\u{e9}", "cafe", unit = "bytes"))", "2")
      .foreignNames({"levenshtein", "levenshtein_distance"})
      .add<editDistance>({Type::string()})
      .columnKernels<EditColumns>()
      .prepare(prepareEdit);
}

}  // namespace featc
