// SPDX-License-Identifier: Apache-2.0
// How messages about the input are written.
#include "data/record_reader.h"

#include <fmt/format.h>

namespace featc {

std::string DataMessage::render() const {
  std::string place = line == 0 ? file : fmt::format("{}:{}", file, line);
  return fmt::format("{}: {}{}", place, isError ? "" : "warning: ", text);
}

void RecordReader::useOnly(const std::vector<bool>& used) {
  used_ = used;
  // Members of a list of structs are read together: they must be equally long.
  for (size_t i = 0; i < inputs_.size(); i = structListOf(inputs_, i).end()) {
    const StructList list = structListOf(inputs_, i);
    bool isUsed = false;
    for (size_t m = list.first; m < list.end(); ++m) isUsed = isUsed || used[m];
    for (size_t m = list.first; m < list.end(); ++m) used_[m] = isUsed;
  }
}

void RecordReader::tellNotes() const {
  if (std::string text = remark(); !text.empty()) sink_({false, file_, 0, std::move(text)});
  for (const DataNote& note : notes_.list()) {
    // A bad value has been told of with its row; here it counts only where all are bad.
    if (note.kind == NoteKind::Unreadable && (parsed_[note.field] || note.count == 1)) continue;
    sink_({false, file_, 0, noteText(note, inputs_)});
  }
}

}  // namespace featc
