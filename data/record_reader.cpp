// SPDX-License-Identifier: Apache-2.0
// How messages about the input are written.
#include "data/record_reader.h"

#include <fmt/format.h>

namespace featc {

std::string DataMessage::render() const {
  std::string place = line == 0 ? file : fmt::format("{}:{}", file, line);
  return fmt::format("{}: {}{}", place, isError ? "" : "warning: ", text);
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
