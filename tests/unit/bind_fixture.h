// SPDX-License-Identifier: Apache-2.0
// One column bound by itself.
#pragma once

#include <string>
#include <vector>

#include "runtime/bind.h"
#include "values/value.h"

namespace featc::test {

// Binds one column and shows its rows.
struct Bound {
  Arena arena{SIZE_MAX};
  Binder binder{arena};
  InputInfo input;
  std::vector<RowStatus> status;
  ColumnRef column;
  bool ok = false;

  Bound(Type type, const ColumnData& data, int64_t rows) : input{Scope::Item, "x", type} {
    status.assign(static_cast<size_t>(roundUpToGroup(rows)), RowStatus::Ok);
    ok = binder.bind(input, data, rows, status.data(), column);
  }
  std::string row(uint64_t i) const { return toString(loadCell(column, input.type, i)); }
};

}  // namespace featc::test
