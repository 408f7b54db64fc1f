// SPDX-License-Identifier: Apache-2.0
// What holds for a request of the Open Inference Protocol however it came, for the fuzz targets of its readers.
#pragma once

#include <cstddef>
#include <vector>

#include "server/oip/oip_answer.h"
#include "server/oip/oip_batch.h"
#include "server/oip/oip_request.h"
#include "tests/fuzz/reader_check.h"

namespace featc {

// A request that was read: its tensors are sound, and so is a batch that is made of them.
inline void checkOipRequest(const OipRequest& request) {
  static const ProgramInfo info = readerProgram();
  static const OipSchema schema(info);
  static const std::vector<OipTensorInfo> outputs = oipOutputs(info);
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

}  // namespace featc
