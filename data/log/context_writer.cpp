// SPDX-License-Identifier: Apache-2.0
// Writes a batch's columns as JSON, row by row.
#include "data/log/context_writer.h"

#include <optional>

#include "data/log/json_text.h"
#include "support/json_quote.h"

namespace featc {

ContextWriter::ContextWriter(const ProgramInfo& info, const LogRedaction& redaction) {
  for (const InputInfo& input : info.inputs) types_.push_back(input.type);
  for (size_t i = 0; i < info.inputs.size();) {
    const StructList list = structListOf(info.inputs, i);
    i = list.end();
    const InputInfo& first = info.inputs[list.first];
    if (redaction.hidesInput(list.first)) continue;
    Entry& entry = (first.scope == Scope::Item ? ofItem_ : ofRequest_).emplace_back();
    entry.first = list.first;
    entry.end = list.end();
    entry.key = jsonQuote(first.structList.empty() ? first.name : first.structList) + ": ";
    if (first.structList.empty()) continue;
    for (size_t m = entry.first; m < entry.end; ++m)
      entry.members.push_back(jsonQuote(memberName(info.inputs[m])) + ": ");
  }
}

void ContextWriter::append(std::string& out, const Batch& batch, std::string& problem) const {
  for (int64_t r = 0; r < batch.requests; ++r) {
    out += r == 0 ? "{\"request\": " : ", {\"request\": ";
    appendFields(out, batch, ofRequest_, r, problem);
    out += ", \"items\": [";
    for (int64_t m = batch.itemOffsets[r]; m < batch.itemOffsets[r + 1]; ++m) {
      if (m > batch.itemOffsets[r]) out += ", ";
      appendFields(out, batch, ofItem_, m, problem);
    }
    out += "]}";
  }
}

void ContextWriter::appendFields(std::string& out, const Batch& batch, const std::vector<Entry>& entries, int64_t row,
                                 std::string& problem) const {
  out += '{';
  const size_t begin = out.size();
  for (const Entry& entry : entries) {
    size_t at = entry.first;  // of its members the first that is there
    while (at < entry.end && batch.columns[at].absent) ++at;
    if (at == entry.end) continue;
    if (out.size() > begin) out += ", ";
    out += entry.key;
    if (entry.members.empty())
      appendJson(out, batch.columns[at], types_[at], row, problem);
    else
      appendStructs(out, batch, entry, at, row, problem);
  }
  out += '}';
}

// A list of structs as an array of objects; member `at` is there and tells its length.
void ContextWriter::appendStructs(std::string& out, const Batch& batch, const Entry& entry, size_t at, int64_t row,
                                  std::string& problem) const {
  const std::optional<int64_t> length = listLength(batch.columns[at], row);
  if (!length) {
    out += "null";
    return;
  }
  out += '[';
  for (int64_t element = 0; element < *length; ++element) {
    out += element == 0 ? "{" : ", {";
    const size_t begin = out.size();
    for (size_t i = entry.first; i < entry.end; ++i) {
      // Members whose lengths differ make the row bad, which the line says.
      if (listLength(batch.columns[i], row) != length) continue;
      if (out.size() > begin) out += ", ";
      out += entry.members[i - entry.first];
      appendElement(out, batch.columns[i], types_[i], row, element, problem);
    }
    out += '}';
  }
  out += ']';
}

}  // namespace featc
