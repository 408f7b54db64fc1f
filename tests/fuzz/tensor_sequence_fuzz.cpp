// SPDX-License-Identifier: Apache-2.0
// Fuzzes the readers of tensor sequences: whatever the bytes are, nothing outside them is read, and what was opened
// can be walked. A damaged checksum is overlooked, or no input would get further.
#define FEATC_TENSOR_SEQUENCE_ZSTD
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "data/formats/tensor_sequence_view.h"

namespace {

uint64_t sum = 0;

void walkRows(const featc::TensorView& tensor) {
  // A tensor of width 0 may have any number of cells in no bytes.
  uint64_t cells = tensor.width() == 0 && tensor.offsets().empty() ? 0 : tensor.cells();
  for (uint64_t cell = 0; cell < cells; ++cell) {
    for (uint64_t id : tensor.ids(cell)) sum += id;
    for (float value : tensor.floats(cell)) sum += value > 0 ? 1 : 0;
    for (float value : tensor.weights(cell)) sum += value > 0 ? 1 : 0;
  }
}

void walk(std::string_view bytes, unsigned options) {
  featc::Expected<featc::TensorSequence> read = featc::TensorSequence::open(bytes, options);
  if (!read) {
    if (!read.error()) std::abort();
    return;
  }
  for (char c : read->model()) sum += static_cast<unsigned char>(c);
  for (uint8_t status : read->status()) sum += status;
  for (uint64_t row : read->inputRows()) sum += row;
  for (uint32_t t = 0; t < read->size(); ++t) {
    featc::TensorView tensor = (*read)[t];
    for (char c : tensor.name()) sum += static_cast<unsigned char>(c);
    for (char c : tensor.group()) sum += static_cast<unsigned char>(c);
    walkRows(tensor);
    if ((options & FEATC_TS_SKIP_OFFSETS) != 0) continue;
    // Every offset may be followed unchecked.
    for (size_t i = 0; i + 1 < tensor.offsets().size(); ++i)
      for (int32_t k = tensor.offsets()[i]; k < tensor.offsets()[i + 1]; ++k)
        sum += tensor.isDense() ? 1 : tensor.allIds().empty() ? 0 : tensor.allIds()[static_cast<size_t>(k)];
    for (size_t row = 0; row + 1 < tensor.elementOffsets().size(); ++row)
      if (tensor.elementOffsets()[row] > tensor.elementOffsets()[row + 1]) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // In memory of its own, so that a sanitizer sees the end, and at a multiple of 8.
  auto* copy = static_cast<char*>(std::malloc(size + 1));
  if (size > 0) std::memcpy(copy, data, size);
  std::string_view bytes(copy, size);
  walk(bytes, 0);
  walk(bytes, FEATC_TS_SKIP_CHECKSUM);
  walk(bytes, FEATC_TS_SKIP_CHECKSUM | FEATC_TS_SKIP_OFFSETS);
  uint64_t unpacked = featc_ts_unpacked_bytes(copy, size);
  if (unpacked > 0 && unpacked <= (1U << 20U)) {
    auto* out = static_cast<char*>(std::malloc(unpacked));
    const char* problem = featc_ts_unpack(copy, size, out, unpacked, FEATC_TS_SKIP_CHECKSUM);
    // What was unpacked has a sum that fits.
    if (problem == nullptr) walk({out, unpacked}, 0);
    std::free(out);
  }
  std::free(copy);
  return 0;
}
