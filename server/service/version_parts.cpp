// SPDX-License-Identifier: Apache-2.0
#include "server/service/version_parts.h"

#include "data/formats/tensor_sequence_writer.h"
#include "data/json/json_writer.h"

namespace featc {

VersionParts::VersionParts(const std::string& name, const Extractor& extractor, SedaOptions options, Metrics& metrics)
    : observer(metrics.observe(name, extractor)),
      json(newJsonWriter(extractor.info())),
      tensors(newTensorSequenceWriter(extractor.info(), false)) {
  options.observer = observer.get();
  seda = std::make_unique<SedaExecutor>(extractor, options);
}

}  // namespace featc
