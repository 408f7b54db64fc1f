// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "data/log/read_recorder.h"
#include "data/log/request_log.h"
#include "engine/load.h"

void snippet(featc::LoadOptions& options, const featc::StoreBinding& myStores,
             const std::shared_ptr<const featc::Extractor>& extractor, std::ofstream& file, const featc::Batch& batch,
             featc::Scratch& scratch, featc::Result& result) {
#include SNIPPET
}
