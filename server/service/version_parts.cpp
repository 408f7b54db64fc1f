// SPDX-License-Identifier: Apache-2.0
#include "server/service/version_parts.h"

#include <utility>

#include "data/formats/tensor_sequence_writer.h"
#include "data/json/json_writer.h"
#include "server/service/oip_dialect.h"

namespace featc {

VersionParts::VersionParts(const std::string& name, const Extractor& extractor, SedaOptions options, Metrics& metrics,
                           std::shared_ptr<const ModelScorer> scorer_, std::string label_)
    : observer(metrics.observe(name, extractor)),
      json(newJsonWriter(extractor.info())),
      tensors(newTensorSequenceWriter(extractor.info(), false)),
      scorer(std::move(scorer_)),
      label(std::move(label_)),
      inputs(extractor.info()),
      outputs(oipOutputsOf(extractor.info(), scorer.get())) {
  options.observer = observer.get();
  seda = std::make_unique<SedaExecutor>(extractor, options);
}

std::string versionLabel(const LiveVersion& version) {
  const std::string& label = version.shared<VersionParts>().label;
  return label.empty() ? std::to_string(version.info().number) : label;
}

}  // namespace featc
