// SPDX-License-Identifier: Apache-2.0
// Counts notes and puts them into words.
#include "data/data_notes.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/utf8.h"
#include "values/value.h"

namespace featc {
namespace {

constexpr size_t kShownBytes = 60;

std::string shown(std::string_view text) {
  std::string_view part = utf8Prefix(text, kShownBytes);
  return part.size() == text.size() ? std::string(text) : std::string(part) + "...";
}

}  // namespace

DataNotes::Place& DataNotes::place(NoteKind kind, size_t field) {
  std::vector<Place>& places = places_[static_cast<size_t>(kind)];
  if (places.empty()) places.resize(fields_ + 1);
  size_t index = std::min(field, fields_);
  if (places[index].count == 0) used_.emplace_back(kind, index);
  return places[index];
}

void DataNotes::add(NoteKind kind, size_t field, uint64_t line, std::string_view example) {
  Place& to = place(kind, field);
  if (to.count++ > 0) return;
  to.line = line;
  to.example = shown(example);
}

void DataNotes::add(const DataNote& later) {
  Place& to = place(later.kind, later.field);
  if (to.count == 0) {
    to.line = later.line;
    to.example = later.example;
  }
  to.count += later.count;
}

void DataNotes::add(const DataNotes& later) {
  for (const DataNote& note : later.list()) add(note);
}

std::vector<DataNote> DataNotes::list() const {
  std::vector<DataNote> notes;
  for (auto [kind, index] : used_) {
    const Place& from = places_[static_cast<size_t>(kind)][index];
    notes.push_back({kind, index == fields_ ? kNoField : index, from.count, from.line, from.example});
  }
  std::ranges::sort(notes, [](const DataNote& a, const DataNote& b) {
    return a.field != b.field ? a.field < b.field : a.kind < b.kind;
  });
  return notes;
}

void DataNotes::clear() {
  for (auto [kind, index] : used_) places_[static_cast<size_t>(kind)][index] = {};
  used_.clear();
}

std::string noteText(const DataNote& note, const std::vector<InputInfo>& inputs) {
  return noteText(note, note.field < inputs.size() ? inputs[note.field].qualified() : std::string());
}

std::string noteText(const DataNote& note, std::string_view field) {
  auto counted = [&](std::string_view one, std::string_view many) {
    return fmt::format("{} {}", note.count, note.count == 1 ? one : many);
  };
  const std::string place = fmt::format("({}in line {})", note.count == 1 ? "" : "first ", note.line);
  const std::string first =
      fmt::format("({}in line {}: {})", note.count == 1 ? "" : "first ", note.line, quote(note.example));
  std::string text;
  switch (note.kind) {
    case NoteKind::NullText:
      text = fmt::format("{} the text {} {}; pass --null '{}' if it stands for a missing value",
                         counted("value was", "values were"), note.example, place, note.example);
      break;
    case NoteKind::Blanks:
      text = fmt::format("{} began or ended with a blank {}; pass --trim to remove blanks", counted("text", "texts"),
                         first);
      break;
    case NoteKind::JsonText:
      text = fmt::format("{} like JSON {} but {} split at list delimiters; pass --json-lists to read JSON",
                         counted("cell looked", "cells looked"), first, note.count == 1 ? "was" : "were");
      break;
    case NoteKind::BracketText:
      text = fmt::format(
          "{} in brackets {}, which became part of the values; write JSON and pass --json-lists, or leave them out",
          counted("cell was", "cells were"), first);
      break;
    case NoteKind::Quoted:
      text = fmt::format("{} in quotes {}, which became part of the text; pass --quote to remove them",
                         counted("cell was", "cells were"), first);
      break;
    case NoteKind::Spans:
      text = fmt::format("{} in quotes went over several lines {}; pass --no-quote if a quote is only a character",
                         counted("cell", "cells"), place);
      break;
    case NoteKind::Colons:
      text = fmt::format("{} had more than one \":\" {}; the key ended at the last one",
                         counted("entry of a map", "entries of maps"), first);
      break;
    case NoteKind::WideInteger:
      text = fmt::format("{} beyond int64 {}, which kept its 64 bits and became negative",
                         counted("integer was", "integers were"), first);
      break;
    case NoteKind::NotFinite:
      text =
          fmt::format("{} not finite {}; outputs count that as missing", counted("number was", "numbers were"), first);
      break;
    case NoteKind::Surrogate:
      text =
          fmt::format("{} half of a surrogate pair {}, which became U+FFFD", counted("text had", "texts had"), place);
      break;
    case NoteKind::RepeatedKey:
      text = fmt::format("{} repeated a key {}; its last value counts", counted("object", "objects"), first);
      break;
    case NoteKind::BlankLine:
      text = fmt::format("{} left out {}", counted("blank line was", "blank lines were"), place);
      break;
    case NoteKind::Unreadable:
      text = fmt::format("no value could be read: {} bad for it (first in line {}: {})", counted("row is", "rows are"),
                         note.line, note.example);
      break;
  }
  return field.empty() ? text : fmt::format("{}: {}", field, text);
}

}  // namespace featc
