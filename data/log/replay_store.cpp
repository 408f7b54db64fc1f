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
  rows_[{std::move(source), std::move(key)}].rows.push_back(std::move(row));
}

const Value* ReplayStore::Rows::find(const ReplayRow& row, const std::string& field) const {
  if (auto at = row.fields.find(field); at != row.fields.end()) return &at->second;
  for (const ReplayRow& other : rows)
    if (auto at = other.fields.find(field); at != other.fields.end()) return &at->second;
  return nullptr;
}

void ReplayStore::fetch(const FetchRequest& request, Done done) {
  FetchResult result;
  result.arena = std::make_shared<Arena>(SIZE_MAX);
  struct Found {
    const Rows* rows = nullptr;
    const ReplayRow* row = nullptr;
  };
  std::vector<Found> found;
  for (const std::string& key : request.keys) {
    auto at = rows_.find({request.source->name, key});
    Found& each = found.emplace_back();
    if (at == rows_.end())
      unknown_.push_back(request.source->name + " " + key);
    else
      each = {&at->second, &at->second.take()};
    result.status.push_back(each.row == nullptr ? KeyStatus::Failed : each.row->status);
  }
  for (uint32_t index : request.fields) {
    const SourceField& wanted = request.source->fields[index];
    ColumnRef out = newColumn(*result.arena, wanted.type, static_cast<int64_t>(found.size()));
    result.columns.push_back(out);
    for (size_t k = 0; k < found.size(); ++k) {
      if (result.status[k] != KeyStatus::Found) continue;
      if (const Value* value = found[k].rows->find(*found[k].row, wanted.name))
        storeCell(*value, wanted.type, out, k, *result.arena);
    }
  }
  done(std::move(result));
}

}  // namespace featc
