// SPDX-License-Identifier: Apache-2.0
// Batches as tensor sequences one behind the other.
#include "data/formats/tensor_sequence_writer.h"

#include "data/formats/tensor_sequence.h"

namespace featc {
namespace {

class TensorSequenceWriter final : public ResultWriter {
 public:
  TensorSequenceWriter(const ProgramInfo& info, bool compressed) : encoder_(info), compressed_(compressed) {}

  void write(const Result& result, std::span<const InputRow> rows, std::string& out) const override {
    if (!compressed_) return encoder_.encode(result, out, rows);
    std::string plain;
    encoder_.encode(result, plain, rows);
    TensorSequenceCompressor().compress(plain, out);
  }

 private:
  TensorSequenceEncoder encoder_;
  bool compressed_;
};

}  // namespace

std::unique_ptr<ResultWriter> newTensorSequenceWriter(const ProgramInfo& info, bool compressed) {
  return std::make_unique<TensorSequenceWriter>(info, compressed);
}

}  // namespace featc
