// SPDX-License-Identifier: Apache-2.0
// JSON lines into batches: lines, requests, items, and what is told of those that are bad.
#include "data/json/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "data/json/json_fault.h"
#include "data/json/json_string.h"
#include "data/json/json_structs.h"
#include "support/json_document.h"
#include "values/value.h"

namespace featc {
namespace {

using simdjson::error_code;
using simdjson::SUCCESS;
namespace ondemand = simdjson::ondemand;

// The parser counts in 32 bits.
constexpr size_t kMaxLineBytes = size_t{1} << 30U;
// Names without a field that are remembered for the warnings.
constexpr size_t kMaxUndeclared = 1000;

// What a field is called in an object: the members of a list of structs come under the list's name.
const std::string& keyOf(const InputInfo& input) { return input.structList.empty() ? input.name : input.structList; }

// The fields of one scope by name; of a list of structs the first member.
class FieldNames {
 public:
  FieldNames() = default;
  FieldNames(const ProgramInfo& info, Scope scope) {
    for (size_t i = 0; i < info.inputs.size(); ++i)
      if (info.inputs[i].scope == scope) byName_.emplace(keyOf(info.inputs[i]), i);
  }
  // Objects mostly repeat the order of the one before: `position` is the key's place in its object.
  size_t find(std::string_view key, size_t position) {
    if (position < order_.size() && order_[position].first == key) return order_[position].second;
    auto found = byName_.find(key);
    size_t field = found == byName_.end() ? BatchBuilder::kNoField : found->second;
    if (field != BatchBuilder::kNoField && position <= order_.size() && position < byName_.size()) {
      order_.resize(std::max(order_.size(), position + 1));
      order_[position] = {found->first, field};
    }
    return field;
  }

 private:
  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  std::unordered_map<std::string, size_t, NameHash, std::equal_to<>> byName_;
  std::vector<std::pair<std::string_view, size_t>> order_;
};

class JsonReader final : public RecordReader {
 public:
  JsonReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source, std::string file, bool strict, DataSink sink)
      : RecordReader(std::move(file), strict, std::move(sink), info.inputs),
        window_(std::move(source)),
        requestNames_(info, Scope::Request),
        itemNames_(info, Scope::Item),
        seen_(info.inputs.size()) {}

  ReadStatus next(BatchBuilder& builder, std::vector<InputRow>& rows, int64_t maxItems) override {
    builder.clear();
    rows.clear();
    while (!stopped_ && builder.items() < maxItems && builder.requests() < maxItems) {
      std::string_view text;
      if (!nextLine(text)) {
        finish();
        break;
      }
      if (text.find_first_not_of(" \t\r") == std::string_view::npos) {
        notes_.add(NoteKind::BlankLine, DataNotes::kNoField, line_);
        continue;
      }
      readRequest(text, builder, rows);
    }
    return status(builder);
  }

  bool position(ReaderPosition& out) const override {
    out = {window_.position() + consumed_,           line_,        counts_, seen_, parsed_,
           {undeclared_.begin(), undeclared_.end()}, notes_.list()};
    return true;
  }
  void resumeAt(ReaderPosition position) override {
    if (!window_.seek(position.offset)) fail(0, "the input ends before the place to resume from");
    line_ = position.line;
    counts_ = position.counts;
    seen_ = std::move(position.seen);
    seen_.resize(inputs_.size());
    parsed_ = std::move(position.parsed);
    parsed_.resize(inputs_.size());
    for (const DataNote& note : position.notes) notes_.add(note);
    undeclared_ = {position.undeclared.begin(), position.undeclared.end()};
  }

 protected:
  std::string remark() const override { return window_.remark(); }

 private:
  struct ItemError {
    uint64_t item;
    std::string text;
  };

  // -- Lines --------------------------------------------------------------------------------------

  // The next line without its end; false at the end of the input. It stays until the next call.
  bool nextLine(std::string_view& line) {
    if (line_ == 0) skipByteOrderMark(window_);
    window_.consume(std::exchange(consumed_, 0));
    size_t searched = 0;
    for (;;) {
      std::string_view text = window_.text();
      size_t end = text.find('\n', searched);
      if (end != std::string_view::npos || (text.size() <= kMaxLineBytes && !window_.grow())) {
        text = window_.text();
        if (end == std::string_view::npos && text.empty()) return false;
        ++line_;
        line = text.substr(0, end);
        consumed_ = std::min(line.size() + 1, text.size());
        return true;
      }
      searched = text.size();
      if (text.size() > kMaxLineBytes) {
        window_.consume(text.size());
        skipLongLine();
        searched = 0;
      }
    }
  }

  void skipLongLine() {
    ++line_;
    unreadable("the line is longer than 1 GiB");
    for (;;) {
      size_t end = window_.text().find('\n');
      window_.consume(end == std::string_view::npos ? window_.text().size() : end + 1);
      if (end != std::string_view::npos || !window_.grow()) return;
    }
  }

  void finish() {
    if (!window_.error().empty()) return fail(line_, fmt::format("reading failed: {}", window_.error()));
    if (std::exchange(finished_, true)) return;
    for (const std::string& name : undeclared_) warn(fmt::format("no field is declared for the key {}", quote(name)));
    if (undeclared_.size() == kMaxUndeclared) warn("there may be more keys without a field");
    for (size_t i = 0; i < inputs_.size(); ++i) {
      bool hadRows = inputs_[i].scope == Scope::Request ? counts_.requests > 0 : counts_.items > 0;
      bool isDeclared = structListOf(inputs_, i).first == i;
      if (isDeclared && !seen_[i] && hadRows && inputs_[i].type.nullable())
        warn(fmt::format("the optional field {} never appears", inputs_[i].declared()));
    }
  }

  // -- Requests -------------------------------------------------------------------------------------

  void unreadable(std::string reason) {
    ++counts_.requests;
    ++counts_.badRequests;
    bad(line_, std::move(reason));
  }

  void readRequest(std::string_view text, BatchBuilder& builder, std::vector<InputRow>& rows) {
    requestError_.clear();
    itemErrors_.clear();
    itemCount_ = 0;
    size_t firstRow = rows.size();
    builder.beginRequest();
    error_code error = readDocument(text, builder, rows);
    if (error != SUCCESS) {
      builder.dropRequest();
      rows.resize(firstRow);
      return unreadable(opensOnly(text) ? "a line must hold a whole object: " + expectedForm()
                                        : jsonFaultText(text, error));
    }
    if (requestError_.empty()) requestError_ = missing(builder, Scope::Request);
    if (!requestError_.empty()) {
      counts_.lostItems += itemCount_;
      ++counts_.badRequests;
      bad(line_, requestError_);
    } else {
      counts_.badItems += itemErrors_.size();
      for (const ItemError& e : itemErrors_) bad(line_, fmt::format("item {}: {}", e.item, e.text));
    }
    ++counts_.requests;
    counts_.items += itemCount_;
    if (requestError_.empty() && !stopped_) {
      builder.endRequest();
    } else {
      builder.dropRequest();
      rows.resize(firstRow);
    }
  }

  error_code readDocument(std::string_view text, BatchBuilder& builder, std::vector<InputRow>& rows) {
    ondemand::document document;
    if (error_code error =
            startJson(parser_, text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING, document))
      return error;
    if (text[text.find_first_not_of(" \t\r")] != '{') {
      requestError_ = "a line must be an object: " + expectedForm();
      return SUCCESS;
    }
    ondemand::object root;
    if (error_code error = document.get_object().get(root)) return error;
    bool haveItems = false;
    bool haveRequest = false;
    size_t firstRow = rows.size();
    std::string repaired;
    for (auto entry : root) {
      ondemand::field field;
      if (error_code error = std::move(entry).get(field)) return error;
      std::string_view key;
      if (error_code error = jsonKey(field, key, repaired)) return error;
      error_code error = SUCCESS;
      if (key == "request") {
        if (std::exchange(haveRequest, true)) notes_.add(NoteKind::RepeatedKey, DataNotes::kNoField, line_, key);
        error = readFields(field.value(), Scope::Request, builder, requestError_);
      } else if (key == "items") {
        if (std::exchange(haveItems, true)) notes_.add(NoteKind::RepeatedKey, DataNotes::kNoField, line_, key);
        builder.dropItems();
        rows.resize(firstRow);
        itemErrors_.clear();
        itemCount_ = 0;
        error = readItems(field.value(), builder, rows);
      } else {
        undeclared(key);
        error = decoder_.skip(field.value());
      }
      if (error != SUCCESS) return error;
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return simdjson::TAPE_ERROR;
    if (!haveItems && requestError_.empty())
      requestError_ = fmt::format("\"items\" is missing: a line is {}", expectedForm());
    return SUCCESS;
  }

  // The first line of an object that goes over several lines.
  static bool opensOnly(std::string_view text) {
    size_t first = text.find_first_not_of(" \t\r");
    return text[first] == '{' && text.find_first_not_of(" \t\r", first + 1) == std::string_view::npos;
  }

  // A line with the first fields of the config.
  std::string expectedForm() const {
    auto fieldOf = [&](Scope scope) {
      auto first = std::ranges::find(inputs_, scope, &InputInfo::scope);
      return first == inputs_.end() ? std::string() : fmt::format("\"{}\": ...", keyOf(*first));
    };
    return fmt::format("{{\"request\": {{{}}}, \"items\": [{{{}}}]}}", fieldOf(Scope::Request), fieldOf(Scope::Item));
  }

  error_code readItems(ondemand::value value, BatchBuilder& builder, std::vector<InputRow>& rows) {
    decoder_.clearProblem();
    if (jsonToken(value)[0] != '[') {
      error_code error = decoder_.mismatch(value, "a list");
      if (requestError_.empty()) requestError_ = fmt::format("\"items\": {}", decoder_.problem());
      return error;
    }
    ondemand::array array;
    if (error_code error = value.get_array().get(array)) return error;
    for (auto element : array) {
      ondemand::value item;
      if (error_code error = element.get(item)) return error;
      builder.beginItem();
      itemError_.clear();
      if (error_code error = readFields(item, Scope::Item, builder, itemError_)) return error;
      if (itemError_.empty()) itemError_ = missing(builder, Scope::Item);
      if (itemError_.empty()) {
        builder.endItem();
        rows.push_back({counts_.items + itemCount_, counts_.requests, itemCount_, line_});
      } else {
        builder.dropItem();
        itemErrors_.push_back({itemCount_, itemError_});
      }
      ++itemCount_;
    }
    return SUCCESS;
  }

  // Sets the fields of the open request or item from an object; what is wrong goes to `problem`.
  error_code readFields(ondemand::value value, Scope scope, BatchBuilder& builder, std::string& problem) {
    decoder_.clearProblem();
    if (jsonToken(value)[0] != '{') {
      error_code error = decoder_.mismatch(value, "an object");
      problem = fmt::format("{}{}", scope == Scope::Request ? "\"request\": " : "", decoder_.problem());
      return error;
    }
    ondemand::object object;
    if (error_code error = value.get_object().get(object)) return error;
    FieldNames& names = scope == Scope::Request ? requestNames_ : itemNames_;
    size_t position = 0;
    std::string repaired;
    for (auto entry : object) {
      ondemand::field field;
      if (error_code error = std::move(entry).get(field)) return error;
      std::string_view key;
      if (error_code error = jsonKey(field, key, repaired)) return error;
      size_t index = names.find(key, position++);
      if (index == BatchBuilder::kNoField) {
        undeclared(fmt::format("{}.{}", scopeName(scope), key));
        if (error_code error = decoder_.skip(field.value())) return error;
        continue;
      }
      seen_[index] = true;
      StructList list = structListOf(inputs_, index);
      decoder_.setPlace({&notes_, index, line_});
      if (builder.isSet(index)) decoder_.note(NoteKind::RepeatedKey, key);
      ColumnBuffer& column = builder.cell(index);
      size_t row = column.size();
      error_code error = inputs_[index].structList.empty() ? decoder_.decode(field.value(), column)
                                                           : readStructs(field.value(), list, builder);
      if (error != SUCCESS) return error;
      bool hasProblem = !decoder_.problem().empty();
      if (hasProblem)
        notes_.add(NoteKind::Unreadable, index, line_, decoder_.problem());
      else if (column.present(row))
        parsed_[index] = true;
      if (hasProblem && problem.empty())
        problem = fmt::format("{}{}: {}", scope == Scope::Request ? "request." : "", key, decoder_.problem());
      // A required field that is null is missing.
      if (hasProblem || (!column.present(row) && !inputs_[index].type.nullable()))
        for (size_t i = list.first; i < list.end(); ++i) builder.cell(i).truncate(row);
      decoder_.clearProblem();
    }
    return SUCCESS;
  }

  error_code readStructs(ondemand::value value, StructList list, BatchBuilder& builder) {
    members_.clear();
    for (size_t i = list.first; i < list.end(); ++i) members_.push_back({memberName(inputs_[i]), &builder.cell(i), i});
    const InputInfo& first = inputs_[list.first];
    return decodeStructs(decoder_, value, members_,
                         [&](std::string_view key) { undeclared(fmt::format("{}.{}", first.declared(), key)); });
  }

  // Complains of the first required field without a value.
  std::string missing(const BatchBuilder& builder, Scope scope) const {
    size_t field = builder.missingField(scope);
    if (field == BatchBuilder::kNoField) return {};
    return fmt::format("{} is missing", scope == Scope::Request ? inputs_[field].declared() : keyOf(inputs_[field]));
  }

  void undeclared(std::string_view name) {
    if (undeclared_.size() < kMaxUndeclared && !undeclared_.contains(name)) undeclared_.emplace(name);
  }

  InputWindow window_;
  FieldNames requestNames_;
  FieldNames itemNames_;
  std::vector<bool> seen_;  // by field: whether its key ever appeared
  std::set<std::string, std::less<>> undeclared_;
  ondemand::parser parser_;
  JsonColumnDecoder decoder_;
  std::vector<JsonMember> members_;
  uint64_t line_ = 0;
  size_t consumed_ = 0;  // bytes of the line that was handed out
  bool finished_ = false;
  // Of the current line:
  std::string requestError_;
  std::string itemError_;
  std::vector<ItemError> itemErrors_;
  uint64_t itemCount_ = 0;
};

}  // namespace

std::unique_ptr<RecordReader> newJsonReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source,
                                            std::string file, bool strict, DataSink sink) {
  return std::make_unique<JsonReader>(info, std::move(source), std::move(file), strict, std::move(sink));
}

}  // namespace featc
