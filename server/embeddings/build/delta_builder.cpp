// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/build/delta_builder.h"

#include <fmt/format.h>

namespace featc {

Error DeltaBuilder::add(RowSource& source) {
  RowBatch batch;
  while (true) {
    Expected<bool> more = source.next(batch);
    if (!more) return more.error();
    if (!*more) return {};
    for (size_t i = 0; i < batch.ids.size(); ++i) {
      const uint64_t id = batch.ids[i];
      Change change{.place = fmt::format("row {} of {}", batch.firstRow + i, source.file()), .row = {}};
      if (batch.missing[i] == 0) {
        if (source.dim() != table_.dim)
          return rowError(source, batch, i,
                          fmt::format("the vector of id {} has {} numbers, and table \"{}\" has {}", id, source.dim(),
                                      table_.name, table_.dim));
        const std::span<const float> numbers(batch.numbers.data() + i * table_.dim, table_.dim);
        if (std::string problem = rowProblem(table_.type, id, numbers); !problem.empty())
          return rowError(source, batch, i, problem);
        change.row.resize(rowBytes(table_.type, table_.dim));
        encodeRow(table_.type, numbers.data(), table_.dim, change.row.data());
      }
      const auto [known, isNew] = changes_.try_emplace(id, std::move(change));
      if (!isNew)
        return rowError(source, batch, i, fmt::format("id {} has two rows; the other is {}", id, known->second.place));
    }
  }
}

DeltaTable DeltaBuilder::changes() const {
  DeltaTable out{.name = table_.name, .dim = table_.dim, .type = table_.type};
  for (const auto& [id, change] : changes_)
    out.changes.push_back({id, change.row.empty() ? nullptr : change.row.data()});
  return out;
}

}  // namespace featc
