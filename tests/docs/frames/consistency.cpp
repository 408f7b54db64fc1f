// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "featc/config.hpp"
#include "featc/log.hpp"

void snippet(featc::LoadOptions& options, const featc::StoreBinding& myStores,
             const std::shared_ptr<const featc::Extractor>& extractor, std::ofstream& file, const featc::Batch& batch,
             featc::Scratch& scratch, featc::Result& result) {
#include SNIPPET
}
