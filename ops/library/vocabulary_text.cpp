// SPDX-License-Identifier: Apache-2.0
// Cuts a vocabulary file into its lines, and says which line is wrong.
#include <algorithm>
#include <charconv>

#include "ops/library/vocabulary.h"
#include "support/utf8.h"

namespace featc {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The first byte that is not UTF-8, the size where all is.
size_t firstInvalid(std::string_view s) {
  size_t at = 0;
  while (at < s.size()) {
    size_t bytes = codePointBytes(s.substr(at));
    if (bytes == 0) return at;
    at += bytes;
  }
  return at;
}

}  // namespace

VocabularyText::VocabularyText(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  std::string_view first = text_.substr(at_, text_.find('\n', at_) - at_);
  crlf_ = first.size() < text_.size() - at_ && first.ends_with('\r');
  numbers_ = first.find('\t') != std::string_view::npos;
  lines_ = static_cast<size_t>(std::count(text_.begin(), text_.end(), '\n'));
  if (!text_.ends_with('\n') && at_ < text_.size()) ++lines_;
  if (at_ == text_.size()) fail("the vocabulary is empty", at_, at_);
}

std::optional<VocabularyLine> VocabularyText::fail(std::string message, size_t begin, size_t end) {
  problem_ = VocabularyProblem{std::move(message), {begin, end}};
  return std::nullopt;
}

std::optional<VocabularyLine> VocabularyText::next() {
  if (problem_ || at_ >= text_.size()) return std::nullopt;
  size_t begin = at_;
  size_t end = text_.find('\n', at_);
  bool ended = end != std::string_view::npos;
  if (!ended) end = text_.size();
  at_ = ended ? end + 1 : end;
  if (index_ >= kMaxVocabularyWords)
    return fail("the vocabulary has more than " + std::to_string(kMaxVocabularyWords) + " words", begin, end);
  std::string_view line = text_.substr(begin, end - begin);
  if (crlf_ && ended) {
    if (!line.ends_with('\r')) return fail("this line ends in LF, but line 1 ends in CRLF", begin, end);
    line.remove_suffix(1);
  }
  if (line.ends_with('\r')) return fail("this line ends in CR, but line 1 does not", begin, end);
  if (size_t invalid = firstInvalid(line); invalid < line.size())
    return fail("this byte is not UTF-8; a vocabulary is UTF-8 text", begin + invalid, begin + invalid + 1);
  ++index_;
  return cut(line, begin);
}

std::optional<VocabularyLine> VocabularyText::cut(std::string_view line, size_t begin) {
  size_t end = begin + line.size();
  size_t tab = line.find('\t');
  lineBegin_ = begin;
  wordEnd_ = tab == std::string_view::npos ? end : begin + tab;
  if (!numbers_) {
    if (tab != std::string_view::npos)
      return fail(
          "this line has a tab, but line 1 has none: all lines are a word, or all are a word, a tab and a number",
          begin, end);
    if (line.empty())
      return fail("this line is empty; a file with numbers may hold the empty word: a tab and its number", begin, end);
    return VocabularyLine{line, static_cast<int64_t>(index_ - 1)};
  }
  if (tab == std::string_view::npos)
    return fail("this line has no tab, but line 1 has one: all lines are a word, or all are a word, a tab and a number",
                begin, end);
  VocabularyLine result{line.substr(0, tab), 0};
  std::string_view digits = line.substr(tab + 1);
  auto [rest, code] = std::from_chars(digits.data(), digits.data() + digits.size(), result.number);
  if (code != std::errc() || rest != digits.data() + digits.size())
    return fail("there is no integer after the tab", begin + tab + 1, end);
  return result;
}

}  // namespace featc
