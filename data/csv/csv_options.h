// SPDX-License-Identifier: Apache-2.0
// How CSV and TSV are written.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace featc {

struct CsvOptions {
  char delimiter = ',';
  char listDelimiter = '|';
  // A longer record is bad: what bounds the search for the end of a quoted cell.
  size_t maxRecordBytes = size_t{64} << 20U;
  // Whether `"` encloses cells, as in RFC 4180. Off: it is a character, as in IANA's TSV.
  bool quotes = true;
  // Whether quoted cells that hold line ends are worth a word: CSV has them, TSV has not.
  bool tellsSpans = false;
  // Takes blanks and tabs off cells, elements, keys and values that do not stand in quotes.
  bool trim = false;
  // Lists and maps are JSON in their cells, not values between list delimiters.
  bool jsonLists = false;
  // What stands for a missing value where it is a whole cell, or an element, without quotes.
  std::vector<std::string> nulls{};
  // The columns' names, an empty one where a column is left out. Empty: the first line has them.
  std::vector<std::string> columns{};
  // With `columns`: the first line is a header, which is left out.
  bool skipsHeader = false;

  static CsvOptions tsv() {
    CsvOptions options;
    options.delimiter = '\t';
    options.quotes = false;
    options.tellsSpans = true;
    return options;
  }
};

// Why these delimiters cannot be told from one another or from quotes and line ends, or the columns bind nothing;
// empty: fine.
std::string checkCsvOptions(const CsvOptions& options);

}  // namespace featc
