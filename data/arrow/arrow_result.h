// SPDX-License-Identifier: Apache-2.0
// Results as Arrow: a column a feature, a row an item. docs/arrow.md has the types.
#pragma once

#include <memory>
#include <string>

#include "data/arrow/c_interface.h"
#include "runtime/program_info.h"
#include "runtime/result.h"

namespace featc {

struct ArrowExport {
  // Rows whose status is not Ok: null in every column, or left out.
  bool leaveOutFailed = false;
  // One more column at the end, kArrowStatusColumn, of a string a row: `ok`, `bad_input` ...
  bool withStatus = false;
  // Lists as large_list, whose int64 offsets are those of the result: they are shared too.
  bool largeLists = false;
  // The older form: lists also where a row has at most one id.
  bool idLists = false;
};
// In the schema's metadata, as `featc.schema`; the form of idLists has no such entry.
inline constexpr const char* kArrowSchemaVersion = "2";
inline constexpr const char* kArrowStatusColumn = "row_status";

// The schema of a model's results, a struct with a child a column. Each column's metadata tells its
// `featc.kind` and, where it has ids, its `featc.slot`.
void exportArrowSchema(const ProgramInfo& info, const ArrowExport& options, ArrowSchema* out);

// `result` as an array of that schema. What lies in it as Arrow wants it is shared and not copied, so the
// result must not be filled again before the array is released. Not empty: why there is no array.
std::string exportArrowResult(const ProgramInfo& info, const ArrowExport& options,
                              const std::shared_ptr<const Result>& result, ArrowArray* out);

}  // namespace featc
