// SPDX-License-Identifier: Apache-2.0
// Opens tensor sequences and unpacks compressed ones.
#define FEATC_TENSOR_SEQUENCE_ZSTD
#include "data/formats/tensor_sequence_view.h"

namespace featc {

Expected<TensorSequence> TensorSequence::open(std::string_view bytes, unsigned options) {
  TensorSequence out;
  const char* problem = featc_ts_open(&out.ts_, bytes.data(), bytes.size(), options);
  if (problem != nullptr) return Error(problem, ErrorCode::Failed);
  return out;
}

std::optional<TensorView> TensorSequence::find(const std::string& name) const {
  uint32_t index = featc_ts_find(&ts_, name.c_str());
  if (index == ts_.tensors) return std::nullopt;
  return (*this)[index];
}

Expected<std::vector<uint64_t>> unpackTensorSequence(std::string_view bytes, uint64_t maxBytes) {
  uint64_t size = featc_ts_unpacked_bytes(bytes.data(), bytes.size());
  if (size > maxBytes) return Error("unpacked it would take more memory than is allowed", ErrorCode::OverLimit);
  std::vector<uint64_t> out(size / sizeof(uint64_t));
  const char* problem = featc_ts_unpack(bytes.data(), bytes.size(), out.data(), size, 0);
  if (problem != nullptr) return Error(problem, ErrorCode::Failed);
  return out;
}

}  // namespace featc
