// SPDX-License-Identifier: Apache-2.0
// `edit_distance`: Levenshtein's, in code points or bytes.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "ops/groups.h"
#include "ops/library/edit_bits.h"
#include "ops/library/edit_loops.h"
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
  // What is left of texts that have a byte a unit, a text a lane.
  struct Readers {
    std::array<const char*, kMostEditLanes> next{};
    std::array<uint32_t, kMostEditLanes> left{};
    std::array<uint64_t, kMostEditLanes> more{};  // as EditColumn has them
    std::array<uint64_t, kMostEditLanes> less{};
    std::array<uint32_t, kMostEditLanes> row;
    std::array<uint32_t, kMostEditLanes> size;
    uint32_t idle = 0;  // lanes without a text
  };
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
      for (size_t k = 0; k < lanes_; ++k) begin(readers, k);
      while (readTogether(readers)) {
      }
      if (row_ < n_) choosePattern();
    }
  }

  // As far as the first end, where the next text begins if there is one. False: no text was left.
  bool readTogether(Readers& readers) {
    const uint32_t all = (1U << lanes_) - 1;
    if (readers.idle == all) return false;
    for (uint32_t idle = readers.idle; idle != 0; idle &= idle - 1) {
      // It reads what another does.
      const auto other = static_cast<size_t>(std::countr_one(readers.idle));
      const auto k = static_cast<size_t>(std::countr_zero(idle));
      readers.next[k] = readers.next[other];
      readers.left[k] = readers.left[other];
    }
    uint32_t ended = editLoops().steps(pattern_.ofBytes(), readers.next.data(), readers.left.data(),
                                       readers.more.data(), readers.less.data());
    for (ended &= ~readers.idle; ended != 0; ended &= ended - 1) {
      const auto k = static_cast<size_t>(std::countr_zero(ended));
      EditCosts costs;
      costs.more = readers.more[k];
      costs.less = readers.less[k];
      out_[readers.row[k]] = costs.distance(pattern_.units(), readers.size[k]);
      begin(readers, k);
    }
    return true;
  }

  // Goes to the next row of the pattern whose other text has a byte a unit, if there is one, and computes those before
  // it.
  void begin(Readers& readers, size_t lane) {
    readers.idle |= 1U << lane;
    for (; row_ < n_; ++row_) {
      if (!left_.present(row_) || !right_.present(row_)) continue;
      Str left = left_.get<Str>(row_);
      Str right = right_.get<Str>(row_);
      bool isLeft = pattern_.is(left);
      if (!isLeft && !pattern_.is(right)) return;
      Str text = isLeft ? right : left;
      if (!pattern_.fits() || text.size > kMaxBytes) {
        context_.row = row_;
        out_[row_] = editDistance(context_, state_, left, right);
        continue;
      }
      constexpr uint64_t kStepsAUnit = 4;
      if (!context_.spend(kStepsAUnit * text.size)) {
        row_ = n_;
        return;
      }
      if (state_.bytes || isAscii(text)) {
        const EditCosts costs;
        readers.idle &= ~(1U << lane);
        readers.next[lane] = text.data;
        readers.left[lane] = readers.size[lane] = static_cast<uint32_t>(text.size);
        readers.row[lane] = row_++;
        readers.more[lane] = costs.more;
        readers.less[lane] = costs.less;
        return;
      }
      EditCosts costs;
      uint64_t units = 0;
      for (std::string_view rest = text.view(); !rest.empty(); ++units) costs.step(pattern_.of(takeUnit(rest, false)));
      out_[row_] = costs.distance(pattern_.units(), units);
    }
  }

  // For the next row: the side that is as in the row for which it was chosen last.
  void choosePattern() {
    Str right = right_.get<Str>(row_);
    bool isRun = right.data == lastRight_.data && right.size == lastRight_.size;
    pattern_.set(isRun ? right : left_.get<Str>(row_), state_.bytes);
    lastRight_ = right;
  }

  Context& context_;
  const EditUnit& state_;
  const size_t lanes_ = editLoops().lanes;
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
