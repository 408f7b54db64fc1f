// SPDX-License-Identifier: Apache-2.0
// What a version of a served config has beside its code, and what each of its requests needs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/log/request_log.h"
#include "data/result_writer.h"
#include "engine/live_version.h"
#include "runtime/batch_builder.h"
#include "runtime/metrics/metrics.h"
#include "runtime/seda/seda_executor.h"
#include "server/model/model_scorer.h"
#include "server/oip/oip_schema.h"

namespace featc {

struct VersionParts {
  // `scorer` is null where features are the answer; `label` is the version of a model folder.
  VersionParts(const std::string& name, const Extractor& extractor, SedaOptions options, Metrics& metrics,
               std::shared_ptr<const ModelScorer> scorer, std::string label);

  std::unique_ptr<RunObserver> observer;
  std::unique_ptr<ResultWriter> json;
  std::unique_ptr<ResultWriter> tensors;
  std::unique_ptr<CallLogger> logger;  // null: requests are not logged
  std::shared_ptr<const ModelScorer> scorer;
  std::string label;
  OipSchema inputs;
  std::vector<OipTensorInfo> outputs;  // features, or scores
  std::unique_ptr<SedaExecutor> seda;
};

// Kept from request to request.
struct RequestMemory final : LiveMemory {
  explicit RequestMemory(const Extractor& extractor) : builder(extractor.info()) {}

  BatchBuilder builder;
  std::vector<InputRow> rows;
  Result result;  // while it is scored, and logged
};

// What callers know a version as: the number of a model's version, or else of the config's.
std::string versionLabel(const LiveVersion& version);

}  // namespace featc
