// SPDX-License-Identifier: Apache-2.0
// One JSON value into a column: types checked, integers exact, the text around it checked too.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "runtime/column_buffer.h"

namespace featc {

// Values of JSON text as it stands, so that a number is read by its field's type and one that is
// out of range spoils its own value only. An error code means that the text is no JSON; the parser
// must not go on then.
class JsonColumnDecoder {
 public:
  // Appends `value` to `column` (null as missing) or sets problem(); then the column must be
  // truncated. The value is consumed whatever happens.
  simdjson::error_code decode(simdjson::ondemand::value value, ColumnBuffer& column);
  // Checks a value that nobody wants.
  simdjson::error_code skip(simdjson::ondemand::value value) { return skip(value, 0); }
  // Says what `value` is instead of `what`, and skips it.
  simdjson::error_code mismatch(simdjson::ondemand::value value, std::string_view what);

  // The first reason since clearProblem, in words that follow a field's name and a colon.
  const std::string& problem() const { return problem_; }
  void clearProblem() { problem_.clear(); }
  // Says where the problem is: `element 3`.
  void locate(std::string_view where) { problem_ = std::string(where) + ": " + problem_; }

 private:
  simdjson::error_code skip(simdjson::ondemand::value value, int depth);
  simdjson::error_code decodeNumber(std::string_view token, ColumnBuffer& column);
  // Text that stands for a timestamp.
  simdjson::error_code decodeTime(simdjson::ondemand::value value, ColumnBuffer& column);
  simdjson::error_code decodeList(simdjson::ondemand::value value, ColumnBuffer& column);
  simdjson::error_code decodeMap(simdjson::ondemand::value value, ColumnBuffer& column);
  void say(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  std::string problem_;
};

// The text of a scalar, or the first character of a list or an object.
std::string_view jsonToken(simdjson::ondemand::value value);

}  // namespace featc
