// SPDX-License-Identifier: Apache-2.0
// Writes rows that were read as JSON.
#include "data/log/read_rows.h"

#include "data/log/json_text.h"

namespace featc {

std::string_view keyStatusName(KeyStatus status) {
  switch (status) {
    case KeyStatus::Found: return "found";
    case KeyStatus::Absent: return "absent";
    case KeyStatus::Failed: return "failed";
    case KeyStatus::TimedOut: return "timed_out";
  }
  return "failed";
}

void appendRead(std::string& out, std::string_view source, std::string_view key, KeyStatus status,
                std::string_view fields, std::string& problem) {
  out += "{\"source\": ";
  appendString(out, source, problem);
  out += ", \"key\": ";
  appendString(out, key, problem);
  out += ", \"status\": \"";
  out += keyStatusName(status);
  out += "\", \"fields\": ";
  out += fields.empty() ? "{}" : fields;
  out += '}';
}

void appendRowFields(std::string& out, const SourceInfo& source, std::span<const uint32_t> fields,
                     const FetchResult& result, size_t row, const LogRedaction& redaction, std::string& problem) {
  out += '{';
  const size_t begin = out.size();
  for (size_t f = 0; f < fields.size(); ++f) {
    const SourceField& field = source.fields[fields[f]];
    if (redaction.hidesField(source.name, field.name)) continue;
    if (out.size() > begin) out += ", ";
    appendQuoted(out, field.name);
    out += ": ";
    appendJson(out, result.columns[f], field.type, row, problem);
  }
  out += '}';
}

void appendReads(std::string& out, std::span<const ReadRow> rows, const LogRedaction& redaction, std::string& problem) {
  std::string fields;
  for (const ReadRow& row : rows) {
    if (&row != rows.data()) out += ", ";
    const ReadTarget& target = row.target();
    fields.clear();
    if (row.status() == KeyStatus::Found)
      appendRowFields(fields, target.source, target.fields, row.answer->result, row.index, redaction, problem);
    appendRead(out, target.source.name, redaction.hidesFeatures() ? std::string_view() : row.key(), row.status(),
               fields, problem);
  }
}

}  // namespace featc
