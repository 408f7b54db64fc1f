// SPDX-License-Identifier: Apache-2.0
// From a value to what an output emits.
#include "runtime/calls/emit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ops/flat_lists.h"
#include "runtime/calls/emit_lists.h"
#include "values/array_loops.h"
#include "values/hash.h"

namespace featc {

namespace {

// The id that stands for a missing value; 0: none.
uint64_t missingId(const OutputInfo& output) { return output.missing ? makeId(output.slot, *output.missing) : 0; }

// The rows of one output that one block emits.
class Emitter {
 public:
  Emitter(ShardFrame& shard, const OutputInfo& output, uint32_t index, const ColumnRef& values, int64_t begin,
          uint32_t n)
      : shard_(shard),
        output_(output),
        values_(values),
        begin_(static_cast<uint64_t>(begin)),
        n_(n),
        index_(index),
        column_(shard.call->outputs[index]),
        counts_((*shard.counts)[index]),
        status_(output.scope == Scope::Item ? shard.call->itemStatus : shard.call->requestStatus),
        idsLeft_(output.kind == OutputKind::Dense ? nullptr
                 : output.scope == Scope::Item    ? shard.call->itemIdsLeft
                                                  : shard.call->requestIdsLeft) {}

  void sparse() {
    if (output_.countLostBits) counts_.lostBits += countLostBits(values_, n_);
    uint64_t* out = ids() + begin_;
    const uint64_t slot = makeId(output_.slot, 0);
    const uint64_t absent = missingId(output_);
    const auto* payloads = static_cast<const int64_t*>(values_.data);
    if (values_.uniform) {
      std::fill_n(out, n_, sparseId({payloads[0], values_.present(0)}, output_));
    } else if (const uint8_t* valid = values_.valid; allPresent(values_, n_)) {
      for (uint32_t i = 0; i < n_; ++i) out[i] = slot | payloadOf(static_cast<uint64_t>(payloads[i]));
    } else {
      for (uint32_t i = 0; i < n_; ++i)
        out[i] = bitAt(valid, i) ? slot | payloadOf(static_cast<uint64_t>(payloads[i])) : absent;
    }
  }

  void sparseList() {
    lists(UINT64_MAX, [&](uint32_t i, List<int64_t> list, RaggedBuffer& buffer) {
      values_.present(i) ? appendPresent(list, buffer) : appendMissing(buffer, false);
    });
  }

  // Lists that are flat. Rows that are cut, or have too many ids, or are missing and have an id all the same, are not
  // for it.
  bool flat() {
    const bool inGroup = !output_.group.empty();
    if (output_.kind == OutputKind::Dense || (inGroup && !output_.emitted().isScalar())) return false;
    const FlatLists& lists = *values_.flat;
    const uint64_t most = inGroup || output_.kind == OutputKind::Sequence ? output_.length : UINT64_MAX;
    if (idsLeft_ != nullptr || (output_.missing && !inGroup && !allPresent(values_, n_))) return false;
    uint32_t longest = 0;
    for (uint32_t i = 0; i < n_; ++i) longest = std::max(longest, lists.sizeOf(i));
    if (longest > std::min<uint64_t>(most, shard_.call->maxIdsPerRow)) return false;
    uint64_t total = lists.total(n_);
    if (!mayTake(total * sizeof(uint64_t))) return true;
    int64_t* ends = this->ends();
    const int64_t before = startOf(0) - lists.starts[0];
    for (uint32_t i = 0; i < n_; ++i) ends[i] = before + lists.starts[i + 1];
    if (total > 0) appendIds(static_cast<const int64_t*>(lists.elements), total);
    return true;
  }
  void sparseWeighted() {
    ragged([&](uint32_t i, RaggedBuffer& buffer) {
      if (!values_.present(i)) return appendMissing(buffer, true);
      appendWeighted(values_.get<Weighted<int64_t>>(i), buffer);
    });
  }

  void sequence() {
    lists(output_.length, [&](uint32_t i, List<int64_t> list, RaggedBuffer& buffer) {
      values_.present(i) ? appendEach(list, 0, buffer) : appendMissing(buffer, false);
    });
  }

  void dense() {
    const auto* values = static_cast<const double*>(values_.data);
    if (output_.width == 1 && !values_.uniform && allPresent(values_, n_)) return narrow(values, n_, denseRow(0));
    for (uint32_t i = 0; i < n_; ++i) {
      float* row = denseRow(i);
      row[0] = denseValue({values_.get<double>(i), values_.present(i)}, output_);
      std::fill(row + 1, row + output_.width, defaultValue());
    }
  }

  void denseList() {
    for (uint32_t i = 0; i < n_; ++i) {
      float* row = denseRow(i);
      fillDense(values_.present(i) ? values_.get<List<double>>(i) : List<double>(), row);
    }
  }

  // Of a sequence group: the value of a row is a list, and each of its first `length` elements is emitted as
  // the value of a row is above.
  void elements() {
    Type single = output_.emitted();
    if (output_.kind == OutputKind::Dense) return single.isList() ? denseListElements() : denseElements();
    if (single.isWeighted()) return weightedElements();
    single.isList() ? sparseListElements() : sparseElements();
  }

 private:
  void sparseElements() {
    lists(output_.length, [&](uint32_t i, List<int64_t> list, RaggedBuffer& buffer) {
      if (values_.present(i)) appendEach(list, missingId(output_), buffer);
    });
  }

  void sparseListElements() {
    eachElement<List<int64_t>>([&](Maybe<List<int64_t>> list, RaggedBuffer& buffer) {
      size_t before = buffer.ids.size();
      list.present ? appendPresent(list.value, buffer) : appendMissing(buffer, false);
      buffer.idsOfElement.push_back(static_cast<uint32_t>(buffer.ids.size() - before));
    });
  }

  void weightedElements() {
    eachElement<Weighted<int64_t>>([&](Maybe<Weighted<int64_t>> pairs, RaggedBuffer& buffer) {
      size_t before = buffer.ids.size();
      pairs.present ? appendWeighted(pairs.value, buffer) : appendMissing(buffer, true);
      buffer.idsOfElement.push_back(static_cast<uint32_t>(buffer.ids.size() - before));
    });
  }

  void denseElements() {
    auto listOf = [&](uint32_t i) { return values_.present(i) ? values_.get<List<double>>(i) : List<double>(); };
    uint64_t total = 0;
    for (uint32_t i = 0; i < n_; ++i) {
      uint64_t size = listOf(i).size;
      counts_.cutSequences += size > output_.length ? 1 : 0;
      size = std::min<uint64_t>(size, output_.length);
      total += size;
      ends()[i] = startOf(i) + static_cast<int64_t>(size);
    }
    const uint64_t width = output_.width;
    if (!mayTake(total * width * sizeof(float))) return;
    std::vector<float>& dense = buffer().dense;
    const size_t before = dense.size();
    dense.resize(before + total * width, defaultValue());
    float* out = dense.data() + before;
    for (uint32_t i = 0; i < n_; ++i) {
      List<double> list = listOf(i);
      list.size = std::min<uint64_t>(list.size, output_.length);
      if (width == 1 && list.valid == nullptr)
        narrow(list.data, list.size, out);
      else
        for (uint64_t k = 0; k < list.size; ++k) out[k * width] = denseValue({list.data[k], list.present(k)}, output_);
      out += list.size * width;
    }
  }

  void denseListElements() {
    eachElement<List<double>>([&](Maybe<List<double>> list, RaggedBuffer& buffer) {
      size_t before = buffer.dense.size();
      buffer.dense.resize(before + output_.width);
      fillDense(list.present ? list.value : List<double>(), buffer.dense.data() + before);
    });
  }

  // `append(element, buffer)` for each element that counts, element by element of T.
  template <class T, class Append>
  void eachElement(Append&& append) {
    for (uint32_t i = 0; i < n_; ++i) {
      List<T> list = values_.present(i) ? values_.get<List<T>>(i) : List<T>();
      uint64_t size = std::min<uint64_t>(list.size, output_.length);
      bool fits = undoable(i, [&](RaggedBuffer& buffer) {
        counts_.cutSequences += list.size > size ? 1 : 0;
        for (uint64_t k = 0; k < size; ++k) append(Maybe<T>(list.data[k], list.present(k)), buffer);
      });
      ends()[i] = startOf(i) + (fits ? static_cast<int64_t>(size) : 0);
    }
  }

  void appendPresent(List<int64_t> list, RaggedBuffer& buffer) {
    if (list.valid == nullptr) return appendIds(list.data, list.size);
    for (uint64_t k = 0; k < list.size; ++k) {
      if (!list.present(k)) continue;
      countLost(list.data[k]);
      buffer.ids.push_back(makeId(output_.slot, list.data[k]));
    }
  }

  // An id for each element, `absent` for a missing one.
  void appendEach(List<int64_t> list, uint64_t absent, RaggedBuffer& buffer) {
    if (list.valid == nullptr) return appendIds(list.data, list.size);
    for (uint64_t k = 0; k < list.size; ++k) {
      if (list.present(k)) countLost(list.data[k]);
      buffer.ids.push_back(list.present(k) ? makeId(output_.slot, list.data[k]) : absent);
    }
  }

  void appendWeighted(const Weighted<int64_t>& pairs, RaggedBuffer& buffer) {
    for (uint64_t k = 0; k < pairs.ids.size; ++k) {
      if (!pairs.ids.present(k)) continue;
      float weight = pairs.weights.present(k) ? static_cast<float>(pairs.weights.data[k]) : INFINITY;
      if (!std::isfinite(weight)) {
        ++counts_.droppedWeights;
        continue;
      }
      countLost(pairs.ids.data[k]);
      buffer.ids.push_back(makeId(output_.slot, pairs.ids.data[k]));
      buffer.weights.push_back(weight);
    }
  }

  // One dense value of `width` numbers.
  void fillDense(List<double> list, float* out) {
    if (list.size > output_.width) ++counts_.cutDense;
    uint64_t kept = std::min<uint64_t>(list.size, output_.width);
    for (uint64_t k = 0; k < kept; ++k) out[k] = denseValue({list.data[k], list.present(k)}, output_);
    std::fill(out + kept, out + output_.width, defaultValue());
  }

  // Dense values of numbers that are there.
  void narrow(const double* values, uint64_t n, float* out) const {
    const float other = defaultValue();
    for (uint64_t k = 0; k < n; ++k) {
      auto value = static_cast<float>(values[k]);
      out[k] = std::abs(value) <= std::numeric_limits<float>::max() ? value : other;
    }
  }
  float defaultValue() const { return static_cast<float>(output_.defaultValue); }
  uint64_t* ids() const { return reinterpret_cast<uint64_t*>(column_); }
  float* denseRow(uint32_t i) const { return reinterpret_cast<float*>(column_) + (begin_ + i) * output_.width; }

  void countLost(int64_t payload) {
    if (output_.countLostBits && losesBits(payload)) ++counts_.lostBits;
  }

  void appendMissing(RaggedBuffer& buffer, bool weighted) {
    if (!output_.missing) return;
    buffer.ids.push_back(missingId(output_));
    if (weighted) buffer.weights.push_back(1.0F);
  }

  RaggedBuffer& buffer() { return (*shard_.ragged)[index_]; }
  int64_t* ends() const { return shard_.call->ends[index_] + begin_; }
  // Where the ids or elements of row i begin.
  int64_t startOf(uint32_t i) const {
    return begin_ + i == static_cast<uint64_t>(shard_.firstRow) ? 0 : ends()[static_cast<int64_t>(i) - 1];
  }

  // Rows of lists, of which at most the first `most` elements count. `append(row, list, buffer)` does the rows that are
  // part of no run, and those whose list is missing.
  template <class Append>
  void lists(uint64_t most, Append&& append) {
    uint64_t allowed = shard_.call->maxIdsPerRow;
    for (uint32_t i = 0; i < n_;) {
      if (!values_.uniform && idsLeft_ == nullptr) {
        ListRun run = findRun(values_, i, n_, most, allowed, startOf(i), ends(), counts_.cutSequences);
        if (!mayTake(run.size * sizeof(uint64_t))) return;
        if (run.size > 0) appendIds(run.elements, run.size);
        if (run.end > i) {
          i = run.end;
          continue;
        }
      }
      auto list = values_.get<List<int64_t>>(i);
      bool isCut = values_.present(i) && list.size > most;
      list.size = std::min(list.size, most);
      row(i, [&](RaggedBuffer& buffer) {
        counts_.cutSequences += isCut ? 1 : 0;
        append(i, list, buffer);
      });
      ++i;
    }
  }

  // So few are not worth a loop in vectors.
  static constexpr uint64_t kFewIds = 4;
  void appendIds(const int64_t* payloads, uint64_t n) {
    std::vector<uint64_t>& ids = buffer().ids;
    if (n <= kFewIds) {
      for (uint64_t k = 0; k < n; ++k) ids.push_back(makeId(output_.slot, payloads[k]));
      if (output_.countLostBits) counts_.lostBits += lostAmong(payloads, n);
      return;
    }
    // Through a small array, so that a vector grows by them without being filled first.
    constexpr uint64_t kStep = 256;
    std::array<uint64_t, kStep> step;
    for (uint64_t at = 0; at < n; at += kStep) {
      const uint64_t size = std::min(kStep, n - at);
      arrayLoops().ids(output_.slot, payloads + at, step.data(), size);
      ids.insert(ids.end(), step.data(), step.data() + size);
    }
    if (output_.countLostBits) counts_.lostBits += lostAmong(payloads, n);
  }

  template <class Append>
  void ragged(Append&& append) {
    for (uint32_t i = 0; i < n_; ++i) row(i, [&](RaggedBuffer& buffer) { append(i, buffer); });
  }

  // `append(buffer)` appends the ids of row i.
  template <class Append>
  void row(uint32_t i, Append&& append) {
    undoable(i, append);
    ends()[i] = static_cast<int64_t>(buffer().ids.size());
  }

  // `append(buffer)` appends what row i emits; a row with too many ids is taken back, and false comes out.
  template <class Append>
  bool undoable(uint32_t i, Append&& append) {
    RaggedBuffer& all = buffer();
    RaggedBuffer::Mark before = all.mark();
    OutputCounts counts = counts_;
    if (shard_.work != nullptr && shard_.work->stopped()) return false;
    append(all);
    uint64_t ids = all.ids.size() - before.ids;
    if (ids <= shard_.call->maxIdsPerRow && hasRoomFor(i, ids)) return mayTake(all.mark().bytes() - before.bytes());
    all.rewind(before);
    counts_ = counts;
    fail(status_[begin_ + i], RowStatus::TooManyIds);
    return false;
  }

  // Of what all outputs of the row may have together.
  bool hasRoomFor(uint32_t i, uint64_t ids) {
    if (idsLeft_ == nullptr) return true;
    uint32_t& left = idsLeft_[begin_ + i];
    if (ids > left) return false;
    left -= static_cast<uint32_t>(ids);
    return true;
  }

  // So many bytes of the result; false where the call must stop.
  bool mayTake(uint64_t bytes) { return shard_.work == nullptr || shard_.work->addResults(bytes); }

  ShardFrame& shard_;
  const OutputInfo& output_;
  const ColumnRef& values_;
  uint64_t begin_;
  uint32_t n_;
  uint32_t index_;
  char* column_;
  OutputCounts& counts_;
  RowStatus* status_;
  uint32_t* idsLeft_;  // by row; null: they are not counted
};

}  // namespace

uint64_t sparseId(Maybe<int64_t> payload, const OutputInfo& output) {
  return payload.present ? makeId(output.slot, payload.value) : missingId(output);
}

InlineValue inlineSparseId(Inline& b, InlineTerm payload, const OutputInfo& output) {
  InlineValue slot = b.constInt(static_cast<int64_t>(makeId(output.slot, 0)));
  InlineValue low = b.bitAnd(payload.value, b.constInt(static_cast<int64_t>(kPayloadMask)));
  InlineValue id = b.bitOr(slot, low);
  if (!payload.valid) return id;
  return b.select(payload.valid, id, b.constInt(static_cast<int64_t>(missingId(output))));
}

InlineValue inlineLosesBits(Inline& b, InlineTerm payload) {
  InlineValue high = b.bitAnd(payload.value, b.constInt(static_cast<int64_t>(~kPayloadMask)));
  return b.both(b.compare(IntCompare::NotEqual, high, b.constInt(0)), payload.valid);
}

float denseValue(Maybe<double> value, const OutputInfo& output) {
  auto narrow = static_cast<float>(value.value);
  return value.present && std::isfinite(narrow) ? narrow : static_cast<float>(output.defaultValue);
}

void emitColumn(ShardFrame& shard, const OutputInfo& output, uint32_t index, const ColumnRef& values, int64_t begin,
                uint32_t n) {
  Emitter emitter(shard, output, index, values, begin, n);
  if (!output.group.empty()) return emitter.elements();
  bool list = output.type.isList();
  switch (output.kind) {
    case OutputKind::Sparse:
      if (output.type.isWeighted()) return emitter.sparseWeighted();
      return list ? emitter.sparseList() : emitter.sparse();
    case OutputKind::Dense: return list ? emitter.denseList() : emitter.dense();
    case OutputKind::Sequence: return emitter.sequence();
  }
}

bool emitFlat(ShardFrame& shard, const OutputInfo& output, uint32_t index, const ColumnRef& values, int64_t begin,
              uint32_t n) {
  return Emitter(shard, output, index, values, begin, n).flat();
}

uint64_t countLostBits(const ColumnRef& values, uint32_t n) {
  uint64_t lost = 0;
  if (!values.uniform && allPresent(values, n)) return lostAmong(static_cast<const int64_t*>(values.data), n);
  for (uint32_t i = 0; i < n; ++i) lost += values.present(i) && losesBits(values.get<int64_t>(i)) ? 1 : 0;
  return lost;
}

}  // namespace featc
