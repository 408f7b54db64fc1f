// SPDX-License-Identifier: Apache-2.0
// Rows of files as changes of a table.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "server/embeddings/build/row_source.h"
#include "server/embeddings/delta.h"
#include "server/embeddings/manifest.h"
#include "support/error.h"

namespace featc {

class DeltaBuilder {
 public:
  explicit DeltaBuilder(const ManifestTable& table) : table_(table) {}

  // A row without a vector is a deletion. An error names file and row: another width than the table's, an id that had
  // a row already, a number that the table cannot have.
  Error add(RowSource& source);
  // The rows lie in the builder.
  DeltaTable changes() const;

 private:
  ManifestTable table_;
  struct Change {
    std::string place;
    std::vector<std::byte> row;  // empty: deleted
  };
  std::map<uint64_t, Change> changes_;  // by id
};

}  // namespace featc
