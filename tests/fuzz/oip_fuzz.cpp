// SPDX-License-Identifier: Apache-2.0
// Fuzzes requests of the Open Inference Protocol, JSON with binary tensors behind it: no body crashes the reader, what
// is refused is refused with words, and batches are sound.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "server/oip/oip_answer.h"
#include "server/oip/oip_batch.h"
#include "server/oip/oip_request.h"
#include "tests/fuzz/reader_check.h"

namespace {

void check(std::string_view body, size_t jsonBytes) {
  using namespace featc;
  static const ProgramInfo info = readerProgram();
  static const OipSchema schema(info);
  static const std::vector<OipTensorInfo> outputs = oipOutputs(info);
  OipRequest request;
  if (!parseOipRequest(body, jsonBytes, request).empty()) return;
  for (const OipTensor& tensor : request.inputs) {
    const auto elements = static_cast<size_t>(tensor.elements);
    require(tensor.bools.size() == elements || tensor.integers.size() == elements || tensor.floats.size() == elements ||
            tensor.offsets.size() == elements + 1);
  }
  OipProblems problems;
  checkOipOutputs(outputs, request, problems);
  OipBatch built(schema, request);
  built.build(problems);
  require(problems.empty() == problems.text().empty());
  if (!problems.empty()) return;
  Batch batch = built.batch();
  require(batch.requests >= 0 && batch.itemOffsets[0] == 0 && batch.itemOffsets[batch.requests] == batch.items);
  for (int64_t i = 0; i < batch.requests; ++i) require(batch.itemOffsets[i] <= batch.itemOffsets[i + 1]);
  for (size_t f = 0; f < info.inputs.size(); ++f) {
    const int64_t rows = info.inputs[f].scope == Scope::Request ? batch.requests : batch.items;
    checkColumn(batch.columns[f], info.inputs[f].type, rows);
    const int64_t shown = rows < 16 ? rows : 16;
    for (int64_t row = 0; row < shown; ++row) (void)test::show(batch.columns[f], info.inputs[f].type, row);
  }
}

}  // namespace

// The first two bytes say how much of the rest is JSON; 0: all of it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t jsonBytes = data[0] | static_cast<size_t>(data[1]) << 8U;
  check(body, jsonBytes == 0 ? body.size() : jsonBytes);
  return 0;
}
