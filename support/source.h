// SPDX-License-Identifier: Apache-2.0
// Source texts and the byte spans that point into them.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace featc {

using FileId = uint32_t;

// A half-open range of bytes in one file. Lines and columns exist only when a span is rendered.
struct Span {
  FileId file = 0;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const Span&) const = default;
  // The smallest span that covers both; both must lie in the same file.
  Span to(Span other) const;
};

// A position as people count it: both from 1, the column in code points.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
};

// One text that was read, with the start of each of its lines; or a file of which only some places
// are known (those an IR text names): its offset i then stands for the i-th place.
class SourceFile {
 public:
  SourceFile(std::string path, std::string text);

  uint32_t addPlace(LineColumn place);

  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }
  LineColumn locate(uint32_t offset) const;
  // The text of line `line` (from 1) without its line end.
  std::string_view line(uint32_t line) const;
  uint32_t lineStart(uint32_t line) const { return lineStarts_[line - 1]; }
  // The number of the line (from 1) that holds an offset.
  uint32_t lineOf(uint32_t offset) const;

 private:
  std::string path_;
  std::string text_;
  std::vector<uint32_t> lineStarts_;
  std::vector<LineColumn> places_;
};

// All texts of one compilation. References to files stay valid as more are added.
class Sources {
 public:
  FileId add(std::string path, std::string text);
  // A place in a file whose text is not at hand.
  Span addPlace(std::string_view path, LineColumn place);
  const SourceFile& file(FileId id) const { return files_[id]; }
  size_t size() const { return files_.size(); }
  std::string_view text(Span span) const;

 private:
  std::deque<SourceFile> files_;
};

}  // namespace featc
