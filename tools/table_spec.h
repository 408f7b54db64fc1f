// SPDX-License-Identifier: Apache-2.0
// A table as `featc embeddings build` and `delta` are told of it: `city,rows=city.parquet,combiner=mean`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/embeddings/build/arrow_rows.h"
#include "server/embeddings/build/row_source.h"
#include "server/embeddings/row_type.h"
#include "support/error.h"

namespace featc {

// A file of rows, or one of ids and one of vectors.
struct RowFiles {
  std::string rows{};
  std::string ids{};
  std::string vectors{};
};

// What an id without a row gets.
struct DefaultRow {
  enum class Kind : uint8_t { Zeros, Mean, RowOfId };
  Kind kind = Kind::Zeros;
  uint64_t id = 0;
};

struct TableSpec {
  std::string name{};
  std::vector<RowFiles> files{};
  RowColumns columns{};
  // What only `build` takes.
  std::vector<std::string> outputs{};  // the table's name, unless told otherwise
  RowType type = RowType::Float32;
  Combiner combiner = Combiner::Sum;
  DefaultRow defaultRow{};
};

// With `rowsOnly` keys other than those of rows are errors: what a table is, its epoch says.
Expected<TableSpec> parseTableSpec(std::string_view text, bool rowsOnly);
// By the files' suffixes.
Expected<std::unique_ptr<RowSource>> openRows(const RowFiles& files, const RowColumns& columns);

}  // namespace featc
