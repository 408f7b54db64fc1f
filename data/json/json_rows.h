// SPDX-License-Identifier: Apache-2.0
// JSON lines as requests with their items.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/data_notes.h"
#include "data/json/json_column.h"
#include "data/json/json_structs.h"
#include "data/record_reader.h"
#include "runtime/batch_builder.h"

namespace featc {

// What all lines of a file share.
struct JsonFile {
  std::string name;
  bool strict = false;
  std::vector<InputInfo> inputs;
  std::vector<bool> used;  // by field: its values are wanted; empty: all are

  bool isUsed(size_t field) const { return used.empty() || used[field]; }
  // Whether `text`, a line, has nothing in it.
  static bool isBlank(std::string_view text) { return text.find_first_not_of(" \t\r") == std::string_view::npos; }
};

// Names of keys without a field, as many as are remembered for the warnings.
class UndeclaredKeys {
 public:
  static constexpr size_t kMost = 1000;

  void add(std::string_view name) {
    if (names_.size() < kMost && !names_.contains(name)) names_.emplace(name);
  }
  const std::set<std::string, std::less<>>& names() const { return names_; }
  void clear() { names_.clear(); }

 private:
  std::set<std::string, std::less<>> names_;
};

// What was seen in some lines, besides their values.
struct JsonSeen {
  explicit JsonSeen(size_t fields) : notes(fields), fields(fields), parsed(fields) {}
  void clear();

  DataNotes notes;
  std::vector<uint8_t> fields;  // by field: whether its key appeared
  std::vector<uint8_t> parsed;  // by field: whether a value of it was read
  UndeclaredKeys undeclared;
};

// Each thread has its own.
class JsonRows {
 public:
  explicit JsonRows(const JsonFile& file);

  // Appends the request of line number `line`, which is not blank. Messages and counts go to `piece`; rows and requests
  // are numbered from the piece's first. SIMDJSON_PADDING bytes behind the text may be read.
  void append(std::string_view text, uint64_t line, ReadPiece& piece, BatchBuilder& builder,
              std::vector<InputRow>& rows);
  // Counts a line that cannot be read.
  void unreadable(uint64_t line, std::string reason, ReadPiece& piece) const;

  // Since the last clear().
  JsonSeen& seen() { return seen_; }

 private:
  // The fields of one scope by name; of a list of structs the first member.
  class FieldNames {
   public:
    FieldNames(const JsonFile& file, Scope scope);
    // Objects mostly repeat the order of the one before: `position` is the key's place in its object.
    size_t find(std::string_view key, size_t position);
    // The same of a key as it stands in the text, whose closing quote and SIMDJSON_PADDING bytes follow; kNoField also
    // where it may be a field's all the same. `key` is then as it was.
    size_t findHere(const char* raw, size_t position, std::string_view& key) const;

   private:
    struct NameHash {
      using is_transparent = void;
      size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
    };
    std::unordered_map<std::string, size_t, NameHash, std::equal_to<>> byName_;
    std::vector<std::pair<std::string_view, size_t>> order_;
  };
  // What is asked of a field again and again.
  struct Field {
    StructList list;  // itself, or the members
    bool isItem = false;
    bool isStructs = false;
    bool isRequired = false;
    bool isUsed = false;
  };
  struct ItemError {
    uint64_t item;
    std::string text;
  };
  // Where a request goes.
  struct Row {
    ReadPiece& piece;
    BatchBuilder& builder;
    std::vector<InputRow>& rows;
    uint64_t line;
  };

  void bad(uint64_t line, std::string text, ReadPiece& piece) const;
  simdjson::error_code readDocument(std::string_view text, Row& row);
  simdjson::error_code readItems(simdjson::ondemand::value value, Row& row);
  // Sets the fields of the open request or item from an object; what is wrong goes to `problem`.
  simdjson::error_code readFields(simdjson::ondemand::value value, Scope scope, Row& row, std::string& problem);
  simdjson::error_code readField(simdjson::ondemand::value value, size_t field, std::string_view key, Row& row,
                                 std::string& problem);
  // Of a field whose value nobody wants.
  simdjson::error_code passField(simdjson::ondemand::value value, size_t field, std::string_view key);
  simdjson::error_code readStructs(simdjson::ondemand::value value, StructList list, BatchBuilder& builder);
  // Complains of the first required field without a value.
  std::string missing(const BatchBuilder& builder, Scope scope) const;
  std::string expectedForm() const;

  const JsonFile& file_;
  std::vector<Field> fields_;
  FieldNames requestNames_;
  FieldNames itemNames_;
  JsonSeen seen_;
  simdjson::ondemand::parser parser_;
  JsonColumnDecoder decoder_;
  std::vector<JsonMember> members_;
  // Fields that are required but not used. By field that is not used: the number of the last object that has it.
  std::vector<size_t> passedRequired_;
  std::vector<uint64_t> lastIn_;
  uint64_t objects_ = 0;
  uint64_t requestObject_ = 0;
  uint64_t itemObject_ = 0;
  // Of the current line:
  std::string requestError_;
  std::string itemError_;
  std::vector<ItemError> itemErrors_;
  uint64_t itemCount_ = 0;
};

// Of pieces whose text holds whole lines, and SIMDJSON_PADDING bytes behind them.
class JsonPieceParser final : public PieceParser {
 public:
  explicit JsonPieceParser(const JsonFile& file) : rowsOf_(file) {}

  // The next piece has one line, which was too long to be kept.
  void setTooLong() { isTooLong_ = true; }
  void parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) override;
  // Of the piece.
  const JsonSeen& seen() { return rowsOf_.seen(); }

 private:
  JsonRows rowsOf_;
  bool isTooLong_ = false;
};

}  // namespace featc
