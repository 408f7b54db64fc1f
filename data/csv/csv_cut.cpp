// SPDX-License-Identifier: Apache-2.0
// From line end to line end, looking closer only where there are quotes.
#include "data/csv/csv_cut.h"

#include <algorithm>

#include "data/csv/csv_record.h"

namespace featc {
namespace {

constexpr size_t kNone = std::string_view::npos;

// Behind the closing quote of a cell that begins with the quote at `quote`; kNone: it is not there.
size_t behindQuotes(std::string_view text, size_t quote) {
  size_t at = quote + 1;
  for (;;) {
    at = text.find('"', at);
    if (at == kNone) return kNone;
    if (at + 1 == text.size() || text[at + 1] != '"') return at + 1;
    at += 2;
  }
}

// Where the record that begins at `begin` ends, behind its line end; kNone: that takes a second thought. `lineEnd` is
// the first one.
size_t recordEnd(std::string_view text, size_t begin, size_t lineEnd, const CsvOptions& options) {
  if (!options.quotes) return lineEnd + 1;
  size_t at = begin;
  for (;;) {
    size_t quote = text.substr(0, lineEnd).find('"', at);
    if (quote == kNone) return lineEnd + 1;
    at = quote + 1;
    // Within an unquoted cell a quote stands for itself.
    size_t cell = quote;
    while (options.trim && cell > begin && isCsvBlank(text[cell - 1], options)) --cell;
    if (cell != begin && text[cell - 1] != options.delimiter) continue;
    at = behindQuotes(text, quote);
    while (options.trim && at < text.size() && isCsvBlank(text[at], options)) ++at;
    if (at == kNone || at == text.size()) return kNone;
    if (text[at] == '\n') return at + 1;
    if (text[at] == '\r') return at + 1 < text.size() && text[at + 1] == '\n' ? at + 2 : kNone;
    if (text[at] != options.delimiter) return kNone;
    ++at;
    if (lineEnd < at) lineEnd = text.find('\n', at);
    if (lineEnd == kNone) return kNone;
  }
}

}  // namespace

CsvCut cutCsv(std::string_view text, const CsvOptions& options, uint64_t maxRows) {
  CsvCut cut;
  while (cut.rows < maxRows) {
    size_t lineEnd = text.find('\n', cut.bytes);
    if (lineEnd == kNone) break;
    size_t end = recordEnd(text, cut.bytes, lineEnd, options);
    if (end == kNone) break;
    std::string_view record = text.substr(cut.bytes, end - cut.bytes);
    bool isBlank = record == "\n" || record == "\r\n";
    cut.rows += isBlank ? 0 : 1;
    cut.lines += lineEnd + 1 == end ? 1 : static_cast<uint64_t>(std::count(record.begin(), record.end(), '\n'));
    cut.bytes = end;
  }
  return cut;
}

}  // namespace featc
