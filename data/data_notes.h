// SPDX-License-Identifier: Apache-2.0
// What an input holds that may mean something else than it is read as: counted by field, told once at the end.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program_info.h"

namespace featc {

enum class NoteKind : uint8_t {
  NullText,     // `\N`, `NULL` as a text
  Blanks,       // a text that begins or ends with a blank
  JsonText,     // JSON in a cell that is read as elements between delimiters
  BracketText,  // the same, but it is not JSON: `['a', 'b']`
  Quoted,       // a cell in quotes where quotes are characters
  Spans,        // a quoted cell that holds line ends
  Colons,       // an entry of a map with several colons
  WideInteger,  // an integer from 2^63 on, as the negative one of the same bits
  NotFinite,    // NaN, infinity
  Surrogate,    // half a surrogate pair, as U+FFFD
  RepeatedKey,  // a key that is repeated in a JSON object
  BlankLine,    // left out
  Unreadable,   // a value that is none of its field's type; told where no value of the field is
};
inline constexpr size_t kNoteKinds = static_cast<size_t>(NoteKind::Unreadable) + 1;

struct DataNote {
  NoteKind kind = NoteKind::NullText;
  uint64_t field = 0;  // of ProgramInfo::inputs, or kNoField
  uint64_t count = 0;
  uint64_t line = 0;    // of the first
  std::string example;  // the first, shortened
  bool operator==(const DataNote&) const = default;
};

class DataNotes {
 public:
  // What belongs to no field.
  static constexpr size_t kNoField = SIZE_MAX;

  explicit DataNotes(size_t fields) : fields_(fields) {}

  void add(NoteKind kind, size_t field, uint64_t line, std::string_view example = {});
  // Adds what was counted behind all this.
  void add(const DataNote& later);
  void add(const DataNotes& later);
  std::vector<DataNote> list() const;
  bool empty() const { return used_.empty(); }
  void clear();

 private:
  struct Place {
    uint64_t count = 0;
    uint64_t line = 0;
    std::string example;
  };
  Place& place(NoteKind kind, size_t field);

  size_t fields_;
  std::array<std::vector<Place>, kNoteKinds> places_;  // by field, the last one kNoField's; empty: none of the kind
  std::vector<std::pair<NoteKind, size_t>> used_;
};

// `item.city: 12 cells are texts such as "\N", the first in line 2: ...`
std::string noteText(const DataNote& note, const std::vector<InputInfo>& inputs);
// The same with the field's name given; an empty one: it belongs to no field.
std::string noteText(const DataNote& note, std::string_view field);

}  // namespace featc
