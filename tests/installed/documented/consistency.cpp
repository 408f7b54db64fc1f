/* SPDX-License-Identifier: Apache-2.0 */
/* From docs/consistency.md at 9e30a05, unchanged between the lines. */
#include <fstream>

#include "featc/config.hpp"
#include "featc/log.hpp"

void snippet(featc::LoadOptions& options, const featc::StoreBinding& myStores,
             const std::shared_ptr<const featc::Extractor>& extractor, std::ofstream& file, const featc::Batch& batch,
             featc::Scratch& scratch, featc::Result& result) {
/* --- */
options.bindStores = [&](const featc::ProgramInfo& info, featc::StoreBinding& stores) {
  stores = featc::recordingStores(myStores, info.sources);
  return std::string();
};
featc::RequestLog log(extractor->info(), 1000, [&](std::string_view line) { file << line; });  // every 1,000th call
log.run(*extractor, batch, scratch, result);                                                   // in place of extractor->run
/* --- */
}
