// SPDX-License-Identifier: Apache-2.0
// JSON lines into batches: lines cut off for other threads, and what all of them have seen.
#include "data/json/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "data/json/json_rows.h"
#include "values/value.h"

namespace featc {
namespace {

// The parser counts in 32 bits.
constexpr size_t kMaxLineBytes = size_t{1} << 30U;
// Text that is cut off for a thread, but for a line that is longer.
constexpr size_t kPieceBytes = size_t{1} << 18U;

// Whole lines at the start of a text.
struct JsonCut {
  size_t bytes = 0;
  uint64_t lines = 0;
  uint64_t requests = 0;  // lines that are not blank

  // Takes in lines until `maxRequests` are not blank. `isLast`: the end of the text ends a line.
  void extend(std::string_view text, bool isLast, uint64_t maxRequests) {
    while (requests < maxRequests && bytes < text.size()) {
      size_t end = text.find('\n', bytes);
      if (end == std::string_view::npos && !isLast) break;
      end = std::min(end, text.size());
      requests += JsonFile::isBlank(text.substr(bytes, end - bytes)) ? 0 : 1;
      bytes = std::min(end + 1, text.size());
      ++lines;
    }
  }
};

class JsonReader final : public RecordReader {
 public:
  JsonReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source, std::string file, bool strict, DataSink sink)
      : RecordReader(std::move(file), strict, std::move(sink), info.inputs),
        window_(std::move(source)),
        seen_(info.inputs.size()) {}

  ReadStatus next(BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    if (rowsOf_ == nullptr) rowsOf_ = std::make_unique<JsonRows>(sharedFile());
    rowsOf_->seen().clear();
    begin(own_, builder, rows);
    bool atEnd = false;
    while (!stopped_ && !own_.stops && builder.items() < maxItems && builder.requests() < maxItems && !atEnd) {
      std::string_view text;
      const Line line = nextLine(text);
      atEnd = line == Line::None;
      if (line == Line::TooLong)
        rowsOf_->unreadable(line_, "the line is longer than 1 GiB", own_);
      else if (!atEnd && JsonFile::isBlank(text))
        rowsOf_->seen().notes.add(NoteKind::BlankLine, DataNotes::kNoField, line_);
      else if (!atEnd)
        rowsOf_->append(text, line_, own_, builder, rows);
    }
    number(own_, rows);
    stopped_ = !settle(own_, rowsOf_->seen()) || stopped_;
    if (atEnd && !stopped_) end();
    if (atEnd) tellEnd();
    return status(builder);
  }

  ReadStatus take(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    if (piece.parser == nullptr) piece.parser = std::make_unique<JsonPieceParser>(sharedFile());
    begin(piece, builder, rows);
    if (stopped_) return ReadStatus::Failed;
    piece.linesBefore = line_;
    if (line_ == 0) skipByteOrderMark(window_);
    window_.consume(std::exchange(consumed_, 0));
    const JsonCut cut = cutLines(static_cast<uint64_t>(maxItems));
    if (cut.lines > 0) {
      keep(piece, window_.text().substr(0, cut.bytes));
      window_.consume(cut.bytes);
      line_ += cut.lines;
    } else {
      std::string_view one;
      const Line line = nextLine(one);
      if (line == Line::None) {
        end();
        return stopped_ ? ReadStatus::Failed : ReadStatus::End;
      }
      if (line == Line::TooLong)
        static_cast<JsonPieceParser&>(*piece.parser).setTooLong();
      else
        keep(piece, one);
    }
    piece.hasPosition = true;
    piece.position = {};
    piece.position.offset = window_.position() + consumed_;
    piece.position.line = line_;
    return ReadStatus::Batch;
  }

  void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) const override {
    piece.parser->parse(piece, builder, rows);
  }

  bool isNumberedLate() const override { return true; }
  void number(const ReadPiece& piece, std::vector<InputRow>& rows) override {
    for (InputRow& row : rows) {
      row.row += numbered_.items;
      row.request += numbered_.requests;
    }
    numbered_.items += piece.counts.items;
    numbered_.requests += piece.counts.requests;
  }

  // Touches nothing that take() or number() do.
  bool settle(ReadPiece& piece) override { return settle(piece, static_cast<JsonPieceParser&>(*piece.parser).seen()); }

  bool position(ReaderPosition& out) const override {
    out = {window_.position() + consumed_, line_, {}, {}, {}, {}, {}};
    fillIn(out);
    return true;
  }
  void resumeAt(ReaderPosition position) override {
    if (!window_.seek(position.offset)) fail(0, "the input ends before the place to resume from");
    line_ = position.line;
    counts_ = numbered_ = position.counts;
    position.seen.resize(inputs_.size());
    position.parsed.resize(inputs_.size());
    seen_ = std::move(position.seen);
    parsed_ = std::move(position.parsed);
    for (const DataNote& note : position.notes) notes_.add(note);
    for (const std::string& name : position.undeclared) undeclared_.add(name);
  }

 protected:
  std::string remark() const override { return window_.remark(); }

  void tellEnd() override {
    if (!ended_ || isCut_ || std::exchange(told_, true)) return;
    for (const std::string& name : undeclared_.names())
      warn(fmt::format("no field is declared for the key {}", quote(name)));
    if (undeclared_.names().size() == UndeclaredKeys::kMost) warn("there may be more keys without a field");
    for (size_t i = 0; i < inputs_.size(); ++i) {
      bool hadRows = inputs_[i].scope == Scope::Request ? counts_.requests > 0 : counts_.items > 0;
      bool isDeclared = structListOf(inputs_, i).first == i;
      if (isDeclared && !seen_[i] && hadRows && inputs_[i].type.nullable())
        warn(fmt::format("the optional field {} never appears", inputs_[i].declared()));
    }
  }

 private:
  enum class Line : uint8_t { Whole, TooLong, None };

  const JsonFile& sharedFile() {
    if (shared_ == nullptr) shared_ = std::make_unique<JsonFile>(JsonFile{file_, strict_, inputs_, used_});
    return *shared_;
  }

  void begin(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) {
    builder.clear();
    builder.useOnly(used_);
    rows.clear();
    piece.clear();
  }

  JsonCut cutLines(uint64_t maxRequests) {
    JsonCut cut;
    for (bool more = true; more;) {
      const size_t size = window_.text().size();
      more = size < kPieceBytes && cut.requests < maxRequests && window_.grow();
      cut.extend(window_.text().substr(0, kPieceBytes), window_.atEnd() && window_.text().size() <= kPieceBytes,
                 maxRequests);
    }
    return cut;
  }

  static void keep(ReadPiece& piece, std::string_view text) {
    piece.text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    piece.text = text;
    piece.text.append(simdjson::SIMDJSON_PADDING, '\0');
  }

  // The next line without its end; it stays until the next call.
  Line nextLine(std::string_view& line) {
    if (line_ == 0) skipByteOrderMark(window_);
    window_.consume(std::exchange(consumed_, 0));
    size_t searched = 0;
    for (;;) {
      std::string_view text = window_.text();
      size_t end = text.find('\n', searched);
      if (end != std::string_view::npos || (text.size() <= kMaxLineBytes && !window_.grow())) {
        text = window_.text();
        if (end == std::string_view::npos && text.empty()) return Line::None;
        ++line_;
        line = text.substr(0, end);
        consumed_ = std::min(line.size() + 1, text.size());
        return Line::Whole;
      }
      searched = text.size();
      if (text.size() <= kMaxLineBytes) continue;
      skipLongLine();
      return Line::TooLong;
    }
  }

  void skipLongLine() {
    ++line_;
    for (;;) {
      size_t end = window_.text().find('\n');
      window_.consume(end == std::string_view::npos ? window_.text().size() : end + 1);
      if (end != std::string_view::npos || !window_.grow()) return;
    }
  }

  // There are no more lines.
  void end() {
    if (!window_.error().empty()) return fail(line_, fmt::format("reading failed: {}", window_.error()));
    ended_ = true;
  }

  bool settle(ReadPiece& piece, const JsonSeen& seen) {
    for (const DataMessage& message : piece.messages) sink_(message);
    counts_.requests += piece.counts.requests;
    counts_.items += piece.counts.items;
    counts_.badRequests += piece.counts.badRequests;
    counts_.badItems += piece.counts.badItems;
    counts_.lostItems += piece.counts.lostItems;
    notes_.add(seen.notes);
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (seen.fields[i]) seen_[i] = true;
      if (seen.parsed[i]) parsed_[i] = true;
    }
    for (const std::string& name : seen.undeclared.names()) undeclared_.add(name);
    isCut_ = isCut_ || piece.stops;
    fillIn(piece.position);
    return !piece.stops;
  }

  // What is known of the lines that were settled.
  void fillIn(ReaderPosition& out) const {
    out.counts = counts_;
    out.seen = seen_;
    out.parsed = parsed_;
    out.undeclared = {undeclared_.names().begin(), undeclared_.names().end()};
    out.notes = notes_.list();
  }

  // Of take(): the text.
  InputWindow window_;
  uint64_t line_ = 0;
  size_t consumed_ = 0;  // bytes of the line that was handed out
  bool ended_ = false;
  // Of number(): what came before.
  InputCounts numbered_;
  // Of settle().
  std::vector<bool> seen_;  // by field: whether its key ever appeared
  UndeclaredKeys undeclared_;
  bool isCut_ = false;  // a strict reader found bad data
  bool told_ = false;

  std::unique_ptr<JsonFile> shared_;
  // Of next():
  ReadPiece own_;
  std::unique_ptr<JsonRows> rowsOf_;
};

}  // namespace

std::unique_ptr<RecordReader> newJsonReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source,
                                            std::string file, bool strict, DataSink sink) {
  return std::make_unique<JsonReader>(info, std::move(source), std::move(file), strict, std::move(sink));
}

}  // namespace featc
