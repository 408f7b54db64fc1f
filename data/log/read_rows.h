// SPDX-License-Identifier: Apache-2.0
// Rows that were read, as a log has them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/log/redaction.h"
#include "runtime/reads/read_row.h"

namespace featc {

std::string_view keyStatusName(KeyStatus status);  // `timed_out`

// One row of the list `reads`; `fields` is an object, or empty for one without any. `problem` as for appendJson().
void appendRead(std::string& out, std::string_view source, std::string_view key, KeyStatus status,
                std::string_view fields, std::string& problem);
// The fields of a row that was found as an object. `problem` as for appendJson().
void appendRowFields(std::string& out, const SourceInfo& source, std::span<const uint32_t> fields,
                     const FetchResult& result, size_t row, const LogRedaction& redaction, std::string& problem);
// The whole list, without brackets.
void appendReads(std::string& out, std::span<const ReadRow> rows, const LogRedaction& redaction, std::string& problem);

}  // namespace featc
