// SPDX-License-Identifier: Apache-2.0
// One JSON value into a column: types checked, integers exact, the text around it checked too.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "data/data_notes.h"
#include "runtime/column_buffer.h"

namespace featc {

// Of the value that is read: where to note what may mean something else, under which field and line.
struct JsonPlace {
  DataNotes* notes = nullptr;
  size_t field = DataNotes::kNoField;
  uint64_t line = 0;
};

// Values of JSON text as it stands, so that a number is read by its field's type and one that is
// out of range spoils its own value only. An error code means that the text is not JSON; the parser
// must not go on then.
class JsonColumnDecoder {
 public:
  void setPlace(JsonPlace place) { place_ = place; }
  void setField(size_t field) { place_.field = field; }
  void note(NoteKind kind, std::string_view example = {}) {
    if (place_.notes != nullptr) place_.notes->add(kind, place_.field, place_.line, example);
  }

  // Appends `value` to `column` (null as missing) or sets problem(); then the column must be
  // truncated. The value is consumed whatever happens.
  simdjson::error_code decode(simdjson::ondemand::value value, ColumnBuffer& column);
  // Checks a value that nobody wants.
  simdjson::error_code skip(simdjson::ondemand::value value) { return skip(value, 0); }
  // Says what `value` is instead of `what`, and skips it.
  simdjson::error_code mismatch(simdjson::ondemand::value value, std::string_view what, std::string_view advice = {});

  // The first reason since clearProblem, in words that follow a field's name and a colon.
  const std::string& problem() const { return problem_; }
  void clearProblem() { problem_.clear(); }
  // Says where the problem is: `element 3`.
  void locate(std::string_view where) { problem_ = std::string(where) + ": " + problem_; }

 private:
  simdjson::error_code skip(simdjson::ondemand::value value, int depth);
  simdjson::error_code decodeNumber(std::string_view token, ColumnBuffer& column);
  // The text of a string; a repaired one stays until the next.
  simdjson::error_code takeString(simdjson::ondemand::value value, std::string_view& text, bool& repaired);
  simdjson::error_code decodeString(simdjson::ondemand::value value, ColumnBuffer& column);
  // Text that stands for a timestamp.
  simdjson::error_code decodeTime(simdjson::ondemand::value value, ColumnBuffer& column);
  simdjson::error_code decodeList(simdjson::ondemand::value value, ColumnBuffer& column);
  simdjson::error_code decodeMap(simdjson::ondemand::value value, ColumnBuffer& column);
  // Its keys stand in keys_ from `firstKey` on.
  simdjson::error_code decodeEntries(simdjson::ondemand::value value, size_t firstKey, ColumnBuffer& column);
  void say(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  void appendKey(std::string_view key, ColumnBuffer& keys);
  void noteRepeated(size_t firstKey);

  JsonPlace place_;
  std::string problem_;
  std::string repaired_;
  std::vector<std::string_view> keys_;  // of the maps that are open
};

// The text of a scalar, or the first character of a list or an object.
std::string_view jsonToken(simdjson::ondemand::value value);

}  // namespace featc
