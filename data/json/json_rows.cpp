// SPDX-License-Identifier: Apache-2.0
// Fills in a request's and its items' fields, and what is told of those that are bad.
#include "data/json/json_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "data/json/json_fault.h"
#include "data/json/json_string.h"
#include "support/json_document.h"
#include "values/value.h"

namespace featc {
namespace {

using simdjson::error_code;
using simdjson::SUCCESS;
namespace ondemand = simdjson::ondemand;

// What a field is called in an object: the members of a list of structs come under the list's name.
const std::string& keyOf(const InputInfo& input) { return input.structList.empty() ? input.name : input.structList; }

// The first line of an object that goes over several lines.
bool opensOnly(std::string_view text) {
  size_t first = text.find_first_not_of(" \t\r");
  return text[first] == '{' && text.find_first_not_of(" \t\r", first + 1) == std::string_view::npos;
}

}  // namespace

// -- What was seen ------------------------------------------------------------------------------------

void JsonSeen::clear() {
  notes.clear();
  fields.assign(fields.size(), 0);
  parsed.assign(parsed.size(), 0);
  undeclared.clear();
}

// -- Names --------------------------------------------------------------------------------------------

JsonRows::FieldNames::FieldNames(const JsonFile& file, Scope scope) {
  for (size_t i = 0; i < file.inputs.size(); ++i)
    if (file.inputs[i].scope == scope) byName_.emplace(keyOf(file.inputs[i]), i);
}

size_t JsonRows::FieldNames::find(std::string_view key, size_t position) {
  if (position < order_.size() && order_[position].first == key) return order_[position].second;
  auto found = byName_.find(key);
  size_t field = found == byName_.end() ? BatchBuilder::kNoField : found->second;
  if (field != BatchBuilder::kNoField && position <= order_.size() && position < byName_.size()) {
    order_.resize(std::max(order_.size(), position + 1));
    order_[position] = {found->first, field};
  }
  return field;
}

size_t JsonRows::FieldNames::findHere(const char* raw, size_t position, std::string_view& key) const {
  if (position >= order_.size()) return BatchBuilder::kNoField;
  const auto& [name, field] = order_[position];
  if (name.size() >= simdjson::SIMDJSON_PADDING || std::memcmp(raw, name.data(), name.size()) != 0 ||
      raw[name.size()] != '"')
    return BatchBuilder::kNoField;
  key = name;
  return field;
}

// -- Requests -----------------------------------------------------------------------------------------

JsonRows::JsonRows(const JsonFile& file)
    : file_(file),
      requestNames_(file, Scope::Request),
      itemNames_(file, Scope::Item),
      seen_(file.inputs.size()),
      lastIn_(file.inputs.size()) {
  for (size_t i = 0; i < file.inputs.size(); ++i) {
    const InputInfo& input = file.inputs[i];
    fields_.push_back({structListOf(file.inputs, i), input.scope == Scope::Item, !input.structList.empty(),
                       !input.type.nullable(), file.isUsed(i)});
  }
  for (size_t i = 0; i < file.inputs.size(); i = fields_[i].list.end())
    if (!file.isUsed(i) && !file.inputs[i].type.nullable()) passedRequired_.push_back(i);
}

void JsonRows::bad(uint64_t line, std::string text, ReadPiece& piece) const {
  if (piece.stops) return;
  piece.stops = file_.strict;
  piece.messages.push_back({true, file_.name, line, std::move(text)});
}

void JsonRows::unreadable(uint64_t line, std::string reason, ReadPiece& piece) const {
  ++piece.counts.requests;
  ++piece.counts.badRequests;
  bad(line, std::move(reason), piece);
}

void JsonRows::append(std::string_view text, uint64_t line, ReadPiece& piece, BatchBuilder& builder,
                      std::vector<InputRow>& rows) {
  requestError_.clear();
  itemErrors_.clear();
  itemCount_ = 0;
  requestObject_ = ++objects_;
  const size_t firstRow = rows.size();
  Row row{piece, builder, rows, line};
  (void)builder.beginRequest();
  error_code error = readDocument(text, row);
  if (error != SUCCESS) {
    builder.dropRequest();
    rows.resize(firstRow);
    return unreadable(
        line, opensOnly(text) ? "a line must hold a whole object: " + expectedForm() : jsonFaultText(text, error),
        piece);
  }
  if (requestError_.empty()) requestError_ = missing(builder, Scope::Request);
  if (!requestError_.empty()) {
    piece.counts.lostItems += itemCount_;
    ++piece.counts.badRequests;
    bad(line, requestError_, piece);
  } else {
    piece.counts.badItems += itemErrors_.size();
    for (const ItemError& e : itemErrors_) bad(line, fmt::format("item {}: {}", e.item, e.text), piece);
  }
  ++piece.counts.requests;
  piece.counts.items += itemCount_;
  if (requestError_.empty() && !piece.stops) {
    (void)builder.endRequest();
  } else {
    builder.dropRequest();
    rows.resize(firstRow);
  }
}

error_code JsonRows::readDocument(std::string_view text, Row& row) {
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
  const size_t firstRow = row.rows.size();
  std::string repaired;
  for (auto entry : root) {
    ondemand::field field;
    if (error_code error = std::move(entry).get(field)) return error;
    std::string_view key;
    if (error_code error = jsonKey(field, key, repaired)) return error;
    error_code error = SUCCESS;
    if (key == "request") {
      if (std::exchange(haveRequest, true)) seen_.notes.add(NoteKind::RepeatedKey, DataNotes::kNoField, row.line, key);
      error = readFields(field.value(), Scope::Request, row, requestError_);
    } else if (key == "items") {
      if (std::exchange(haveItems, true)) seen_.notes.add(NoteKind::RepeatedKey, DataNotes::kNoField, row.line, key);
      row.builder.dropItems();
      row.rows.resize(firstRow);
      itemErrors_.clear();
      itemCount_ = 0;
      error = readItems(field.value(), row);
    } else {
      seen_.undeclared.add(key);
      error = decoder_.skip(field.value());
    }
    if (error != SUCCESS) return error;
  }
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return simdjson::TAPE_ERROR;
  if (!haveItems && requestError_.empty())
    requestError_ = fmt::format("\"items\" is missing: a line is {}", expectedForm());
  return SUCCESS;
}

// A line with the first fields of the config.
std::string JsonRows::expectedForm() const {
  auto fieldOf = [&](Scope scope) {
    auto first = std::ranges::find(file_.inputs, scope, &InputInfo::scope);
    return first == file_.inputs.end() ? std::string() : fmt::format("\"{}\": ...", keyOf(*first));
  };
  return fmt::format("{{\"request\": {{{}}}, \"items\": [{{{}}}]}}", fieldOf(Scope::Request), fieldOf(Scope::Item));
}

error_code JsonRows::readItems(ondemand::value value, Row& row) {
  decoder_.clearProblem();
  if (jsonToken(value)[0] != '[') {
    error_code error = decoder_.mismatch(value, "a list");
    if (requestError_.empty()) requestError_ = fmt::format("\"items\": {}", decoder_.problem());
    return error;
  }
  ondemand::array array;
  if (error_code error = value.get_array().get(array)) return error;
  const InputCounts& before = row.piece.counts;
  for (auto element : array) {
    ondemand::value item;
    if (error_code error = element.get(item)) return error;
    (void)row.builder.beginItem();
    itemError_.clear();
    itemObject_ = ++objects_;
    if (error_code error = readFields(item, Scope::Item, row, itemError_)) return error;
    if (itemError_.empty()) itemError_ = missing(row.builder, Scope::Item);
    if (itemError_.empty()) {
      (void)row.builder.endItem();
      row.rows.push_back({before.items + itemCount_, before.requests, itemCount_, row.line});
    } else {
      row.builder.dropItem();
      itemErrors_.push_back({itemCount_, itemError_});
    }
    ++itemCount_;
  }
  return SUCCESS;
}

// -- Fields -------------------------------------------------------------------------------------------

error_code JsonRows::readFields(ondemand::value value, Scope scope, Row& row, std::string& problem) {
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
    size_t index = names.findHere(field.key().raw(), position, key);
    if (index == BatchBuilder::kNoField) {
      if (error_code error = jsonKey(field, key, repaired)) return error;
      index = names.find(key, position);
    }
    ++position;
    if (index == BatchBuilder::kNoField) {
      seen_.undeclared.add(fmt::format("{}.{}", scopeName(scope), key));
      if (error_code error = decoder_.skip(field.value())) return error;
      continue;
    }
    seen_.fields[index] = 1;
    decoder_.setPlace({&seen_.notes, index, row.line});
    error_code error = fields_[index].isUsed ? readField(field.value(), index, key, row, problem)
                                             : passField(field.value(), index, key);
    if (error != SUCCESS) return error;
  }
  return SUCCESS;
}

error_code JsonRows::readField(ondemand::value value, size_t field, std::string_view key, Row& row,
                               std::string& problem) {
  const Field& what = fields_[field];
  BatchBuilder& builder = row.builder;
  ColumnBuffer& column = builder.column(field);
  const auto before = static_cast<size_t>(what.isItem ? builder.items() : builder.requests());
  if (column.size() > before) {
    decoder_.note(NoteKind::RepeatedKey, key);
    column.truncate(before);
  }
  if (error_code error = what.isStructs ? readStructs(value, what.list, builder) : decoder_.decode(value, column))
    return error;
  const bool hasProblem = !decoder_.problem().empty();
  const bool isPresent = !hasProblem && column.present(before);
  if (hasProblem) seen_.notes.add(NoteKind::Unreadable, field, row.line, decoder_.problem());
  if (isPresent) seen_.parsed[field] = 1;
  if (hasProblem && problem.empty())
    problem = fmt::format("{}{}: {}", what.isItem ? "" : "request.", key, decoder_.problem());
  // A required field that is null is missing.
  if (hasProblem || (!isPresent && what.isRequired))
    for (size_t i = what.list.first; i < what.list.end(); ++i) builder.cell(i).truncate(before);
  if (hasProblem) decoder_.clearProblem();
  return SUCCESS;
}

error_code JsonRows::passField(ondemand::value value, size_t field, std::string_view key) {
  const uint64_t object = fields_[field].isItem ? itemObject_ : requestObject_;
  if (lastIn_[field] == object) decoder_.note(NoteKind::RepeatedKey, key);
  // A required field that is null is missing.
  const bool isMissing = fields_[field].isRequired && jsonToken(value) == "null";
  lastIn_[field] = isMissing ? 0 : object;
  return decoder_.skip(value);
}

error_code JsonRows::readStructs(ondemand::value value, StructList list, BatchBuilder& builder) {
  const std::vector<InputInfo>& inputs = file_.inputs;
  members_.clear();
  for (size_t i = list.first; i < list.end(); ++i) members_.push_back({memberName(inputs[i]), &builder.cell(i), i});
  return decodeStructs(decoder_, value, members_, [&](std::string_view key) {
    seen_.undeclared.add(fmt::format("{}.{}", inputs[list.first].declared(), key));
  });
}

std::string JsonRows::missing(const BatchBuilder& builder, Scope scope) const {
  size_t field = builder.missingField(scope);
  const uint64_t object = scope == Scope::Request ? requestObject_ : itemObject_;
  for (size_t i : passedRequired_)
    if (file_.inputs[i].scope == scope && lastIn_[i] != object) field = std::min(field, i);
  if (field == BatchBuilder::kNoField) return {};
  const InputInfo& input = file_.inputs[field];
  return fmt::format("{} is missing", scope == Scope::Request ? input.declared() : keyOf(input));
}

// -- Pieces -------------------------------------------------------------------------------------------

void JsonPieceParser::parse(ReadPiece& piece, BatchBuilder& builder, std::vector<InputRow>& rows) {
  rowsOf_.seen().clear();
  uint64_t line = piece.linesBefore;
  if (std::exchange(isTooLong_, false)) rowsOf_.unreadable(line + 1, "the line is longer than 1 GiB", piece);
  std::string_view text = piece.text;
  text.remove_suffix(std::min(text.size(), simdjson::SIMDJSON_PADDING));
  while (!text.empty() && !piece.stops) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
    if (JsonFile::isBlank(one))
      rowsOf_.seen().notes.add(NoteKind::BlankLine, DataNotes::kNoField, line);
    else
      rowsOf_.append(one, line, piece, builder, rows);
  }
}

}  // namespace featc
