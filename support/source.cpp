// SPDX-License-Identifier: Apache-2.0
// Source texts and the byte spans that point into them.
#include "support/source.h"

#include <algorithm>

namespace featc {

Span Span::to(Span other) const { return {file, std::min(begin, other.begin), std::max(end, other.end)}; }

SourceFile::SourceFile(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {
  // Reserved exactly: a file of line ends only would else cost a multiple of its size.
  lineStarts_.reserve(static_cast<size_t>(std::count(text_.begin(), text_.end(), '\n')) + 1);
  lineStarts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') lineStarts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

uint32_t SourceFile::lineOf(uint32_t offset) const {
  auto after = std::upper_bound(lineStarts_.begin(), lineStarts_.end(), offset);
  return static_cast<uint32_t>(after - lineStarts_.begin());
}

LineColumn SourceFile::locate(uint32_t offset) const {
  if (offset < places_.size()) return places_[offset];
  offset = std::min(offset, static_cast<uint32_t>(text_.size()));
  uint32_t line = lineOf(offset);
  // Bytes 10xxxxxx continue a code point. Branch-free, since a line may be megabytes long.
  uint32_t column = 1;
  for (uint32_t i = lineStarts_[line - 1]; i < offset; ++i) {
    column += static_cast<uint32_t>((static_cast<unsigned char>(text_[i]) & 0xC0U) != 0x80U);
  }
  // An offset inside a code point still belongs to that code point.
  if (offset < text_.size() && (static_cast<unsigned char>(text_[offset]) & 0xC0U) == 0x80U && column > 1) --column;
  return {line, column};
}

std::string_view SourceFile::line(uint32_t line) const {
  uint32_t begin = lineStarts_[line - 1];
  auto end = static_cast<uint32_t>(line < lineStarts_.size() ? lineStarts_[line] : text_.size());
  while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  return std::string_view(text_).substr(begin, end - begin);
}

uint32_t SourceFile::addPlace(LineColumn place) {
  places_.push_back(place);
  return static_cast<uint32_t>(places_.size() - 1);
}

Span Sources::addPlace(std::string_view path, LineColumn place) {
  auto known = std::ranges::find(files_, path, &SourceFile::path);
  if (known == files_.end()) known = files_.insert(files_.end(), SourceFile(std::string(path), {}));
  uint32_t offset = known->addPlace(place);
  return {static_cast<FileId>(known - files_.begin()), offset, offset + 1};
}

FileId Sources::add(std::string path, std::string text) {
  files_.emplace_back(std::move(path), std::move(text));
  return static_cast<FileId>(files_.size() - 1);
}

std::string_view Sources::text(Span span) const {
  return file(span.file).text().substr(span.begin, span.end - span.begin);
}

}  // namespace featc
