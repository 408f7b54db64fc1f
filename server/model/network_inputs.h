// SPDX-License-Identifier: Apache-2.0
// The tensors of one inference, filled from results: several of them share an inference, one behind another.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/result.h"
#include "server/embeddings/epoch.h"
#include "server/model/binding.h"

namespace featc {

// Reused from inference to inference by one thread.
class NetworkInputs {
 public:
  // `info` and `binding` must outlive it.
  NetworkInputs(const ProgramInfo& info, const Binding& binding);

  // Forgets what was added. `tables` may be null where no output has one, and must live until the last add().
  void begin(const EmbeddingSnapshot* tables);
  // Adds the items that have features, and the requests that have such items.
  void add(const Result& result);

  // Rows an item, and rows a request.
  int64_t items() const { return items_; }
  int64_t requests() const { return requests_; }
  // As Binding::inputs; valid until the next begin() or add().
  std::span<const TensorSpan> tensors();
  // By output of the config: of its ids that were looked up since begin().
  std::span<const LookupCounts> lookups() const { return lookups_; }

 private:
  struct Buffer {
    std::vector<float> floats;
    std::vector<int64_t> ints;
    std::vector<int64_t> shape;
  };
  // Where a part goes: row i at begin + i * rowSize, its elements `width` apart.
  template <class T>
  struct Place {
    T* begin;
    size_t rowSize;
    size_t width;
    T* row(size_t i) const { return begin + i * rowSize; }
  };

  void fillFloats(const BoundInput& input, const Result& result, std::vector<float>& buffer);
  void fillInts(const BoundInput& input, const Result& result, std::vector<int64_t>& buffer);
  void fillDense(const BoundPart& part, const OutputColumn& column, const Place<float>& to);
  void fillEmbedding(const BoundPart& part, const OutputColumn& column, const Place<float>& to);
  void fillPayloads(const BoundPart& part, const OutputColumn& column, const Place<int64_t>& to);
  void fillLengths(const OutputColumn& column, const Place<int64_t>& to);
  // The rows of `column` that the input's rows read, into rows_.
  void chooseRows(const BoundInput& input, const Result& result, const OutputColumn& column);
  // Whether rows_ are all rows of the column in order.
  bool areAllRows(const OutputColumn& column) const;
  // Where the first of `elements` elements stands among the part's.
  size_t firstPlace(const BoundPart& part, int64_t elements) const;

  const ProgramInfo& info_;
  const Binding& binding_;
  const EmbeddingSnapshot* tables_ = nullptr;
  int64_t items_ = 0;
  int64_t requests_ = 0;
  std::vector<int64_t> newItems_;      // of the result that is being added
  std::vector<int64_t> newRequests_;   // the same
  std::vector<int64_t> requestRowOf_;  // by request of that result: its row
  std::vector<int64_t> rows_;
  std::vector<float> pooled_;
  std::vector<Buffer> buffers_;  // by input
  std::vector<TensorSpan> views_;
  std::vector<LookupCounts> lookups_;
};

}  // namespace featc
