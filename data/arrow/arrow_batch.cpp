// SPDX-License-Identifier: Apache-2.0
// Binds columns to fields by name, and cuts record batches into batches.
#include "data/arrow/arrow_batch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>

#include "data/record_reader.h"
#include "runtime/batch_builder.h"
#include "values/value.h"

namespace featc {
namespace {

constexpr std::string_view kItems = "items";
// The first semantics under which a call fills an absent member of a list of structs.
constexpr uint32_t kFillsAbsentMembers = 2;

void spread(const ArrowColumns::Bad& more, ArrowColumns::Bad& all) {
  if (all.empty()) all = more;
  for (size_t i = 0; i < more.size(); ++i) all[i] |= more[i];
}

}  // namespace

// -- Names ------------------------------------------------------------------------------------------

ArrowBinding::ArrowBinding(const ProgramInfo& info, const ArrowSchema& schema, const std::vector<bool>& used)
    : inputs_(info.inputs),
      semantics_(info.semantics),
      columns_(info.inputs.size(), kNone),
      members_(info.inputs.size(), kNone),
      schema_(ArrowType::of(schema)) {
  if (schema_.kind != ArrowKind::Struct || schema_.dictionary != nullptr) {
    addError(fmt::format("expected a table, or a struct of columns, found {}", toString(schema_)));
    return;
  }
  const bool isField = std::ranges::any_of(
      inputs_, [](const InputInfo& input) { return input.name == kItems || input.structList == kItems; });
  for (size_t c = 0; !isField && c < schema_.children.size(); ++c)
    if (schema_.children[c].name == kItems && isListOfStructs(schema_.children[c])) items_ = c;
  bind(info, schema_.children, false);
  if (isNested()) bind(info, schema_.children[items_].children[0].children, true);

  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (columns_[i] != kNone) continue;
    if (!inputs_[i].type.nullable())
      addError(fmt::format("no column for {}, which every row must have", inputs_[i].qualified()));
    else if (used.empty() || used[i])
      absent_.push_back(inputs_[i].qualified());
  }
  useOnly(used);
  // A name that is mistyped is often why a field has no column.
  if (!error_.empty())
    for (const std::string& column : unknown_) addError(column);
}

std::string ArrowBinding::absentFields() const {
  if (absent_.empty()) return {};
  if (absent_.size() == 1) return fmt::format("the optional field {} has no column", absent_[0]);
  return fmt::format("{} optional fields have no column: {}", absent_.size(), fmt::join(absent_, ", "));
}

std::vector<std::string> ArrowBinding::warnings() const {
  std::vector<std::string> all = unknown_;
  if (std::string absent = absentFields(); !absent.empty()) all.push_back(std::move(absent));
  return all;
}

void ArrowBinding::addError(std::string text) {
  if (!error_.empty()) error_ += "; ";
  error_ += text;
}

void ArrowBinding::bind(const ProgramInfo& info, const std::vector<ArrowType>& columns, bool ofItems) {
  const BatchBuilder names(info);
  std::set<std::string_view> seen;
  for (size_t c = 0; c < columns.size(); ++c) {
    if (!ofItems && c == items_) continue;
    const std::string& name = columns[c].name;
    const std::string shown = ofItems ? fmt::format("the items' field {}", quote(name)) : "the column " + quote(name);
    if (!seen.insert(name).second) {
      addError(fmt::format("{} appears twice", shown));
      continue;
    }
    size_t field = names.field(name);
    bool isStructs = false;
    if (field == BatchBuilder::kNoField) {
      field = names.structList(name);
      isStructs = field != BatchBuilder::kNoField;
    }
    // Among items a bare name is an item's, beside them a request's.
    const Scope scope = ofItems ? Scope::Item : Scope::Request;
    for (size_t i = 0; isNested() && i < inputs_.size(); ++i) {
      bool isField = inputs_[i].name == name;
      if (inputs_[i].scope != scope || (!isField && inputs_[i].structList != name)) continue;
      field = isField ? i : structListOf(inputs_, i).first;
      isStructs = !isField;
    }
    if (field == BatchBuilder::kNoField) {
      bool isKnown = std::ranges::any_of(
          inputs_, [&](const InputInfo& input) { return input.name == name || input.structList == name; });
      if (isKnown)
        addError(fmt::format("{} may be request.{} or item.{}: name it so", shown, name, name));
      else
        unknown_.push_back(fmt::format("no field is declared for {}", shown));
      continue;
    }
    if (isNested() && inputs_[field].scope != scope) {
      addError(fmt::format("{} is beside the items, but {} belongs to them", shown, inputs_[field].qualified()));
      continue;
    }
    if (isStructs) {
      bindStructs(structListOf(inputs_, field), columns[c], c, shown);
      continue;
    }
    if (columns_[field] != kNone) {
      addError(fmt::format("{} names {} a second time", shown, inputs_[field].qualified()));
      continue;
    }
    columns_[field] = c;
    if (std::string problem = whyNotReadable(columns[c], inputs_[field].type); !problem.empty())
      addError(fmt::format("{}: {}", shown, problem));
  }
}

// A column that is a list of structs serves the members that it has.
void ArrowBinding::bindStructs(StructList list, const ArrowType& column, size_t index, const std::string& shown) {
  if (!isListOfStructs(column)) {
    addError(fmt::format("{}: expected a list of structs, found {}", shown, toString(column)));
    return;
  }
  const std::vector<ArrowType>& children = column.children[0].children;
  for (size_t child = 0; child < children.size(); ++child) {
    size_t field = list.first;
    while (field < list.end() && memberName(inputs_[field]) != children[child].name) ++field;
    if (field == list.end()) {
      unknown_.push_back(fmt::format("no field is declared for {} of {}", quote(children[child].name), shown));
      continue;
    }
    if (columns_[field] != kNone) {
      addError(fmt::format("{} has {} a second time", shown, quote(children[child].name)));
      continue;
    }
    columns_[field] = index;
    members_[field] = child;
    if (std::string problem = whyNotReadable(listOfMember(column, child), inputs_[field].type); !problem.empty())
      addError(fmt::format("{} of {}: {}", quote(children[child].name), shown, problem));
  }
}

bool ArrowBinding::needsBuilder() const {
  for (size_t i = 0; i < inputs_.size(); i = structListOf(inputs_, i).end()) {
    if (inputs_[i].structList.empty() || !isUsed(i)) continue;
    const StructList list = structListOf(inputs_, i);
    bool anyColumn = false;
    bool anyAbsent = false;
    for (size_t m = list.first; m < list.end(); ++m) {
      if (columns_[m] != kNone && members_[m] == kNone) return true;
      (columns_[m] == kNone ? anyAbsent : anyColumn) = true;
    }
    // Where nothing but a builder fills the absent one (withAbsentMembers).
    if (semantics_ < kFillsAbsentMembers && anyColumn && anyAbsent) return true;
  }
  return false;
}

void ArrowBinding::useOnly(const std::vector<bool>& used) { used_ = withWholeLists(inputs_, used); }

std::vector<ArrowWanted> ArrowBinding::wanted() const {
  std::vector<ArrowWanted> wanted(schema_.children.size(), ArrowWanted::Nothing);
  auto want = [&](size_t column, ArrowWanted what) { wanted[column] = std::max(wanted[column], what); };
  if (isNested()) want(items_, ArrowWanted::Values);
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (columns_[i] == kNone || (isNested() && inputs_[i].scope == Scope::Item)) continue;
    if (isUsed(i))
      want(columns_[i], ArrowWanted::Values);
    else if (!inputs_[i].type.nullable())
      want(columns_[i], ArrowWanted::Presence);
  }
  return wanted;
}

void ArrowBinding::keep(const std::vector<ArrowWanted>& wanted) {
  std::vector<size_t> places(wanted.size(), kNone);
  std::vector<ArrowType> kept;
  for (size_t c = 0; c < wanted.size(); ++c) {
    if (wanted[c] == ArrowWanted::Nothing) continue;
    places[c] = kept.size();
    kept.push_back(std::move(schema_.children[c]));
  }
  schema_.children = std::move(kept);
  for (size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i] != kNone && !(isNested() && inputs_[i].scope == Scope::Item)) columns_[i] = places[columns_[i]];
  if (isNested()) items_ = places[items_];
}

// -- Arrays -----------------------------------------------------------------------------------------

ArrowBatch::ArrowBatch(const ArrowBinding& binding, ArrowOwner<ArrowArray> array)
    : array_(std::move(array)),
      columns_(binding.inputs_.size()),
      converted_(binding.inputs_.size()),
      badOf_(binding.inputs_.size()),
      wide_(binding.inputs_.size()) {
  for (const InputInfo& input : binding.inputs_) {
    scopes_.push_back(input.scope);
    required_.push_back(!input.type.nullable());
  }
  for (ColumnData& column : columns_) column.absent = true;
  if (read(binding)) makePresent(binding);
}

void ArrowBatch::makePresent(const ArrowBinding& binding) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i].absent || binding.inputs_[i].type.nullable()) continue;
    columns_[i].absent = false;
    columns_[i].length = scopes_[i] == Scope::Item ? items_ : requests_;
  }
}

bool ArrowBatch::read(const ArrowBinding& binding) {
  ArrowColumns check;
  if (!check.checkStruct(binding.schema_, *array_.get(), 0, array_->length)) {
    error_ = "the table: " + check.error();
    return false;
  }
  requests_ = items_ = array_->length;
  if (binding.isNested() && !readItems(binding)) return false;
  return readFields(binding, binding.schema_, *array_.get(), array_->offset, array_->length, true, !binding.isNested());
}

bool ArrowBatch::readFields(const ArrowBinding& binding, const ArrowType& from, const ArrowArray& array, int64_t begin,
                            int64_t count, bool requests, bool items) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    const bool isItem = scopes_[i] == Scope::Item;
    const size_t c = binding.columns_[i];
    if (c == ArrowBinding::kNone || (isItem ? !items : !requests)) continue;
    const bool isUsed = binding.isUsed(i);
    if (!isUsed && !required_[i]) continue;
    ArrowColumns& columns = made_.emplace_back();
    ArrowColumns::Bad& bad = badOf_[i];
    const size_t member = binding.members_[i];
    const Type type = binding.inputs_[i].type;
    const ArrowType& column = from.children[c];
    if (!(member == ArrowBinding::kNone
              ? columns.read(column, *array.children[c], type, begin, count, columns_[i], bad)
              : columns.readMember(column, *array.children[c], member, type, begin, count, columns_[i], bad))) {
      error_ = fmt::format("the column {}: {}", quote(from.children[c].name), columns.error());
      return false;
    }
    if (!isUsed) {
      const ColumnData& made = columns_[i];
      columns_[i] = {.length = made.length, .offset = made.offset, .validity = made.validity};
      bad.clear();
      continue;
    }
    converted_[i] = columns.anyMade();
    wide_[i] = columns.wide();
    spread(bad, isItem ? badItems_ : badRequests_);
  }
  return true;
}

bool ArrowBatch::readItems(const ArrowBinding& binding) {
  const ArrowType& list = binding.schema_.children[binding.items_];
  const ArrowArray& lists = *array_->children[binding.items_];
  ArrowColumns check;
  int64_t first = 0;
  if (!check.readOffsets(list, lists, array_->offset, requests_, itemOffsets_, first)) {
    error_ = "the column \"items\": " + check.error();
    return false;
  }
  items_ = itemOffsets_.back();
  const ArrowArray& structs = *lists.children[0];
  if (!check.checkStruct(list.children[0], structs, first, items_)) {
    error_ = "the column \"items\": " + check.error();
    return false;
  }
  return readFields(binding, list.children[0], structs, structs.offset + first, items_, false, true);
}

bool ArrowBatch::isGood(int64_t begin, int64_t end) const {
  const int64_t firstItem = itemOffset(begin);
  const int64_t lastItem = itemOffset(end);
  auto hasBad = [](const ArrowColumns::Bad& bad, int64_t first, int64_t last) {
    return !bad.empty() && std::memchr(bad.data() + first, 1, static_cast<size_t>(last - first)) != nullptr;
  };
  if (hasBad(badRequests_, begin, end) || hasBad(badItems_, firstItem, lastItem)) return false;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const ColumnData& column = columns_[i];
    if (!required_[i] || column.absent || column.validity == nullptr) continue;
    const bool isItem = scopes_[i] == Scope::Item;
    for (int64_t row = isItem ? firstItem : begin; row < (isItem ? lastItem : end); ++row)
      if (!isPresent(column, row)) return false;
  }
  return true;
}

std::vector<DataNote> ArrowBatch::notes(uint64_t before) const {
  std::vector<DataNote> notes;
  for (size_t i = 0; i < wide_.size(); ++i) {
    const WideCount& wide = wide_[i];
    if (wide.count == 0) continue;
    int64_t request = wide.row;
    if (scopes_[i] == Scope::Item && !itemOffsets_.empty())
      request = std::ranges::upper_bound(itemOffsets_, wide.row) - itemOffsets_.begin() - 1;
    notes.push_back({NoteKind::WideInteger, i, wide.count, before + static_cast<uint64_t>(request) + 1,
                     std::to_string(wide.example)});
  }
  return notes;
}

Batch ArrowBatch::slice(int64_t begin, int64_t count, ArrowSlice& slice) const {
  const int64_t firstItem = itemOffset(begin);
  slice.itemOffsets.resize(static_cast<size_t>(count) + 1);
  for (int64_t r = 0; r <= count; ++r) slice.itemOffsets[static_cast<size_t>(r)] = itemOffset(begin + r) - firstItem;
  Batch batch;
  batch.requests = count;
  batch.items = slice.itemOffsets.back();
  batch.itemOffsets = slice.itemOffsets.data();
  slice.columns = columns_;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const bool isItem = scopes_[i] == Scope::Item;
    slice.columns[i].offset += isItem ? firstItem : begin;
    slice.columns[i].length = isItem ? batch.items : count;
  }
  batch.columns = slice.columns;
  if (!badRequests_.empty()) batch.badRequests = badRequests_.data() + begin;
  if (!badItems_.empty()) batch.badItems = badItems_.data() + firstItem;
  return batch;
}

}  // namespace featc
