// SPDX-License-Identifier: Apache-2.0
// How messages about the input are written.
#include "data/record_reader.h"

#include <fmt/format.h>

namespace featc {

std::string DataMessage::render() const {
  std::string place = line == 0 ? file : fmt::format("{}:{}", file, line);
  return fmt::format("{}: {}{}", place, isError ? "" : "warning: ", text);
}

std::vector<bool> withWholeLists(const std::vector<InputInfo>& inputs, std::vector<bool> used) {
  for (size_t i = 0; !used.empty() && i < inputs.size(); i = structListOf(inputs, i).end()) {
    const StructList list = structListOf(inputs, i);
    bool isUsed = false;
    for (size_t m = list.first; m < list.end(); ++m) isUsed = isUsed || used[m];
    for (size_t m = list.first; m < list.end(); ++m) used[m] = isUsed;
  }
  return used;
}

void RecordReader::tellNotes() {
  tellEnd();
  if (std::string text = remark(); !text.empty()) sink_({false, file_, 0, std::move(text)});
  for (const DataNote& note : notes_.list()) {
    // A bad value has been told of with its row; here it counts only where all are bad.
    if (note.kind == NoteKind::Unreadable && (parsed_[note.field] || note.count == 1)) continue;
    sink_({false, file_, 0, noteText(note, inputs_)});
  }
}

}  // namespace featc
