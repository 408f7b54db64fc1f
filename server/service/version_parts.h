// SPDX-License-Identifier: Apache-2.0
// What a version of a served config has beside its code, and what each of its requests needs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/result_writer.h"
#include "engine/live_version.h"
#include "runtime/batch_builder.h"
#include "runtime/metrics/metrics.h"
#include "runtime/seda/seda_executor.h"

namespace featc {

struct VersionParts {
  VersionParts(const std::string& name, const Extractor& extractor, SedaOptions options, Metrics& metrics);

  std::unique_ptr<RunObserver> observer;
  std::unique_ptr<ResultWriter> json;
  std::unique_ptr<ResultWriter> tensors;
  std::unique_ptr<SedaExecutor> seda;
};

// Kept from request to request.
struct RequestMemory final : LiveMemory {
  explicit RequestMemory(const Extractor& extractor) : builder(extractor.info()) {}

  BatchBuilder builder;
  std::vector<InputRow> rows;
};

}  // namespace featc
