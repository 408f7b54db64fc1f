// SPDX-License-Identifier: Apache-2.0
// Requests and items of a batch that is being built: opening, closing, dropping, checking.
#include "runtime/batch_builder.h"

#include <fmt/format.h>

namespace featc {

namespace {

Error badBatch(std::string message) { return {std::move(message), ErrorCode::BadBatch}; }

}  // namespace

BatchBuilder::BatchBuilder(const ProgramInfo& info) : inputs_(info.inputs), views_(info.inputs.size()) {
  columns_.reserve(inputs_.size());
  for (size_t i = 0; i < inputs_.size(); ++i) {
    columns_.emplace_back(inputs_[i].type.present());
    names_.emplace(inputs_[i].qualified(), i);
  }
  for (size_t i = 0; i < inputs_.size(); ++i) {
    auto [known, isNew] = names_.emplace(inputs_[i].name, i);
    // The same name in both scopes; a field that is named like a qualified one yields to it.
    if (!isNew && known->second < i && inputs_[known->second].name == inputs_[i].name) known->second = kNoField;
  }
  for (size_t i = 0; i < inputs_.size(); i = structListOf(inputs_, i).end()) {
    if (inputs_[i].structList.empty()) continue;
    structLists_.emplace(inputs_[i].declared(), i);
    // Also without the scope, where nothing else has the name.
    auto [known, isNew] = structLists_.emplace(inputs_[i].structList, i);
    auto field = names_.find(inputs_[i].structList);
    if (!isNew || field != names_.end()) known->second = kNoField;
    if (field != names_.end()) field->second = kNoField;
  }
  listFields();
}

void BatchBuilder::listFields() {
  for (auto& fields : fieldsOf_) fields.clear();
  for (auto& lists : structListsOf_) lists.clear();
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (!isUsed(i)) continue;
    const auto scope = static_cast<size_t>(inputs_[i].scope);
    fieldsOf_[scope].push_back(i);
    if (const StructList list = structListOf(inputs_, i); !inputs_[i].structList.empty() && list.first == i)
      structListsOf_[scope].push_back(list);
  }
}

void BatchBuilder::useOnly(const std::vector<bool>& used) {
  if (used == used_) return;
  used_ = used;
  listFields();
}

size_t BatchBuilder::field(std::string_view name) const { return find(names_, name); }

size_t BatchBuilder::structList(std::string_view name) const { return find(structLists_, name); }

size_t BatchBuilder::rowsOf(size_t field) const {
  return static_cast<size_t>(inputs_[field].scope == Scope::Request ? requests() : items_);
}

// -- Requests and items ---------------------------------------------------------------------------

Error BatchBuilder::beginRequest() {
  if (inRequest_) return badBatch("beginRequest: the last request has not been ended");
  inRequest_ = true;
  return {};
}

Error BatchBuilder::beginItem() {
  if (!inRequest_) return badBatch("beginItem: no request has been begun");
  if (inItem_) return badBatch("beginItem: the last item has not been ended");
  inItem_ = true;
  return {};
}

Error BatchBuilder::endItem() {
  if (!inItem_) return badBatch("endItem: no item has been begun");
  Error error = close(Scope::Item);
  if (!error) ++items_;
  inItem_ = false;
  return error;
}

Error BatchBuilder::endRequest() {
  if (!inRequest_) return badBatch("endRequest: no request has been begun");
  if (inItem_) return badBatch("endRequest: the last item has not been ended");
  Error error = close(Scope::Request);
  if (error) {
    dropRequest();
    return error;
  }
  itemOffsets_.push_back(items_);
  inRequest_ = false;
  return {};
}

// Fills what was not set; on error the row is taken back.
Error BatchBuilder::close(Scope scope) {
  for (const StructList& list : structListsOf_[static_cast<size_t>(scope)]) {
    if (Error error = matchMembers(list)) {
      truncate(scope, rowsOf(list.first));
      return error;
    }
  }
  size_t missing = missingField(scope);
  if (missing != kNoField) {
    truncate(scope, rowsOf(missing));
    return badBatch(fmt::format("{} is missing", inputs_[missing].declared()));
  }
  for (size_t field : fieldsOf_[static_cast<size_t>(scope)])
    if (!isSet(field)) columns_[field].appendMissing();
  return {};
}

size_t BatchBuilder::missingField(Scope scope) const {
  for (size_t field : fieldsOf_[static_cast<size_t>(scope)])
    if (!inputs_[field].type.nullable() && !isSet(field)) return field;
  return kNoField;
}

void BatchBuilder::truncate(Scope scope, size_t rows) {
  // Also a column without a value for the row: a list or map that was never closed has left elements.
  for (size_t field : fieldsOf_[static_cast<size_t>(scope)]) columns_[field].truncate(rows);
}

void BatchBuilder::dropItem() {
  if (!inItem_) return;
  truncate(Scope::Item, static_cast<size_t>(items_));
  inItem_ = false;
}

void BatchBuilder::dropItems() {
  dropItem();
  items_ = itemOffsets_.back();
  truncate(Scope::Item, static_cast<size_t>(items_));
}

void BatchBuilder::dropRequest() {
  if (!inRequest_) return;
  dropItems();
  truncate(Scope::Request, static_cast<size_t>(requests()));
  inRequest_ = false;
}

// -- Values -----------------------------------------------------------------------------------------

Error BatchBuilder::open(size_t field) {
  if (field >= inputs_.size()) return badBatch(fmt::format("there is no field number {}", field));
  bool isOpen = inputs_[field].scope == Scope::Request ? inRequest_ : inItem_;
  if (!isOpen)
    return badBatch(
        fmt::format("{}: no {} has been begun", inputs_[field].qualified(), scopeName(inputs_[field].scope)));
  cell(field);
  return {};
}

ColumnBuffer& BatchBuilder::cell(size_t field) {
  ColumnBuffer& column = columns_[field];
  if (isSet(field)) column.truncate(rowsOf(field));
  return column;
}

Error BatchBuilder::finish(size_t field, std::string_view problem) {
  size_t row = rowsOf(field);
  if (problem.empty()) {
    // A required field that was set to nothing is not set: endItem and endRequest say so.
    if (!inputs_[field].type.nullable() && !columns_[field].present(row)) columns_[field].truncate(row);
    return {};
  }
  columns_[field].truncate(row);
  return badBatch(fmt::format("{}: expected {}, found {}", inputs_[field].qualified(),
                              toString(inputs_[field].type.present()), problem));
}

Error BatchBuilder::setMissing(size_t field) {
  if (Error error = open(field)) return error;
  columns_[field].appendMissing();
  return finish(field, {});
}

Error BatchBuilder::unknown(std::string_view name) const {
  if (structList(name) != kNoField)
    return badBatch(fmt::format("\"{}\" is a list of structs: set it with setStructs, or its members", name));
  if (names_.contains(name)) return badBatch(fmt::format("\"{0}\" may be request.{0} or item.{0}", name));
  return badBatch(fmt::format("no field is named \"{}\"", name));
}

std::string_view BatchBuilder::appendScalar(ColumnBuffer& column, bool value) {
  if (!column.type().is(Kind::Bool)) return "a bool";
  column.appendBool(value);
  return {};
}

std::string_view BatchBuilder::appendScalar(ColumnBuffer& column, int64_t value) {
  if (column.type().is(Kind::Int64)) {
    column.appendInt64(value);
  } else if (column.type().is(Kind::Float64)) {
    column.appendFloat64(static_cast<double>(value));
  } else {
    return "an integer";
  }
  return {};
}

std::string_view BatchBuilder::appendScalar(ColumnBuffer& column, double value) {
  if (!column.type().is(Kind::Float64)) return "a float";
  column.appendFloat64(value);
  return {};
}

std::string_view BatchBuilder::appendScalar(ColumnBuffer& column, std::string_view value) {
  if (!column.type().is(Kind::String)) return "a string";
  column.appendString(value);
  return {};
}

// -- Lists of structs -------------------------------------------------------------------------------

size_t BatchBuilder::memberOf(size_t first, std::string_view name) const {
  StructList list = structListOf(inputs_, first);
  for (size_t i = list.first; i < list.end(); ++i)
    if (memberName(inputs_[i]) == name) return i;
  return kNoField;
}

Error BatchBuilder::openStructs(size_t first) {
  StructList list = structListOf(inputs_, first);
  for (size_t i = list.first; i < list.end(); ++i)
    if (Error error = open(i)) return error;
  return {};
}

Error BatchBuilder::finishStructs(size_t first, size_t elements, Error error) {
  StructList list = structListOf(inputs_, first);
  for (size_t i = list.first; i < list.end(); ++i) {
    if (error) {
      cell(i).truncate(rowsOf(i));
    } else if (!isSet(i)) {
      for (size_t e = 0; e < elements; ++e) columns_[i].elements().appendMissing();
      columns_[i].closeNested();
    }
  }
  return error;
}

// Members of the open row that are not set become as long as those that are.
Error BatchBuilder::matchMembers(StructList list) {
  size_t row = rowsOf(list.first);
  size_t length = kNoField;
  auto hasList = [&](size_t field) { return isSet(field) && columns_[field].present(row); };
  for (size_t i = list.first; i < list.end(); ++i) {
    if (!hasList(i)) continue;
    size_t own = columns_[i].lengthOf(row);
    if (length != kNoField && own != length)
      return badBatch(fmt::format("{}: its members have {} and {} elements", inputs_[i].declared(), length, own));
    length = own;
  }
  for (size_t i = list.first; i < list.end() && length != kNoField; ++i) {
    if (hasList(i)) continue;
    ColumnBuffer& column = cell(i);
    for (size_t e = 0; e < length; ++e) column.elements().appendMissing();
    column.closeNested();
  }
  return {};
}

// -- Whole batches ----------------------------------------------------------------------------------

Batch BatchBuilder::batch() {
  dropRequest();
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (isUsed(i)) {
      views_[i] = columns_[i].view();
      continue;
    }
    views_[i] = {};
    views_[i].absent = inputs_[i].type.nullable();
    views_[i].length = static_cast<int64_t>(rowsOf(i));
  }
  return {requests(), items_, itemOffsets_.data(), views_};
}

void BatchBuilder::endRows(size_t rows) {
  for (size_t i = 0; i < rows; ++i) itemOffsets_.push_back(++items_);
}

void BatchBuilder::clear() {
  for (ColumnBuffer& column : columns_) column.clear();
  itemOffsets_.resize(1);
  items_ = 0;
  inRequest_ = inItem_ = false;
}

}  // namespace featc
