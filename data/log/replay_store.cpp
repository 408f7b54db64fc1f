// SPDX-License-Identifier: Apache-2.0
// Rows of a log line as columns.
#include "data/log/replay_store.h"

#include "runtime/bind.h"

namespace featc {

void ReplayStore::clear() {
  rows_.clear();
  unknown_.clear();
}

void ReplayStore::add(std::string source, std::string key, ReplayRow row) {
  rows_[{std::move(source), std::move(key)}] = std::move(row);
}

void ReplayStore::fetch(const FetchRequest& request, Done done) {
  FetchResult result;
  result.arena = std::make_shared<Arena>(SIZE_MAX);
  std::vector<const ReplayRow*> found;
  for (const std::string& key : request.keys) {
    auto at = rows_.find({request.source->name, key});
    found.push_back(at == rows_.end() ? nullptr : &at->second);
    if (found.back() == nullptr) unknown_.push_back(request.source->name + " " + key);
    result.status.push_back(found.back() == nullptr ? KeyStatus::Failed : found.back()->status);
  }
  for (uint32_t index : request.fields) {
    const SourceField& wanted = request.source->fields[index];
    ColumnRef out = newColumn(*result.arena, wanted.type, static_cast<int64_t>(found.size()));
    result.columns.push_back(out);
    for (size_t k = 0; k < found.size(); ++k) {
      if (result.status[k] != KeyStatus::Found) continue;
      auto field = found[k]->fields.find(wanted.name);
      if (field != found[k]->fields.end()) storeCell(field->second, wanted.type, out, k, *result.arena);
    }
  }
  done(std::move(result));
}

}  // namespace featc
