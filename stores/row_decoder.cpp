// SPDX-License-Identifier: Apache-2.0
// Rows from text to columns.
#include "stores/row_decoder.h"

#include <cstring>
#include <new>

#include "data/json/json_value.h"

namespace featc {
namespace {

// A parser keeps the memory of the largest text it has seen, so threads share none.
FieldTextReader& threadReader() {
  thread_local FieldTextReader reader;
  return reader;
}

// All rows missing, cells zero.
ColumnRef missingColumn(Arena& arena, Type type, size_t rows) {
  size_t validBytes = rows / 8 + 1;
  size_t bytes = type.is(Kind::Bool) ? validBytes : (rows + 1) * cellSize(type);
  ColumnRef column{arena.allocate(bytes), arena.allocate<uint8_t>(validBytes), false};
  if (column.data == nullptr || column.valid == nullptr) throw std::bad_alloc();
  std::memset(column.data, 0, bytes);
  std::memset(column.valid, 0, validBytes);
  return column;
}

}  // namespace

RowDecoder::RowDecoder(const FetchRequest& request, std::shared_ptr<Arena> arena)
    : request_(request), reader_(threadReader()) {
  result_.arena = std::move(arena);
  result_.status.assign(request.keys.size(), KeyStatus::Absent);
  for (uint32_t field : request.fields)
    result_.columns.push_back(missingColumn(*result_.arena, request.source->fields[field].type, request.keys.size()));
}

void RowDecoder::fields(size_t key, std::span<const Str> texts) {
  result_.status[key] = KeyStatus::Found;
  for (size_t f = 0; f < texts.size(); ++f) {
    if (texts[f].data == nullptr) continue;
    Type type = request_.source->fields[request_.fields[f]].type;
    if (!reader_.read(texts[f].view(), type, request_.source->semantics, result_.columns[f], key, *result_.arena))
      result_.countBad(key, 1);
  }
}

void RowDecoder::json(size_t key, std::string_view text) {
  simdjson::dom::element document;
  simdjson::dom::object object;
  if (!reader_.parse(text, request_.source->semantics, document) || document.get(object) != simdjson::SUCCESS)
    return unreadable(key);
  result_.status[key] = KeyStatus::Found;
  for (size_t f = 0; f < request_.fields.size(); ++f) {
    const SourceField& field = request_.source->fields[request_.fields[f]];
    const std::string& wanted = field.structList.empty() ? field.name : field.structList;
    // Of repeated members the last wins, as in rows that are loaded.
    simdjson::dom::element value;
    bool present = false;
    for (auto [name, element] : object) {
      if (name != wanted) continue;
      value = element;
      present = true;
    }
    if (!present) continue;
    bool good = field.structList.empty() ? reader_.read(value, field.type, request_.source->semantics,
                                                        result_.columns[f], key, *result_.arena)
                                         : structMember(value, f, key);
    if (!good) result_.countBad(key, 1);
  }
}

// The whole list is read for each wanted member: it is bad, or not, as a whole.
bool RowDecoder::structMember(simdjson::dom::element list, size_t f, size_t key) {
  const std::vector<SourceField>& fields = request_.source->fields;
  uint32_t index = request_.fields[f];
  StructList members = structListOf(fields, index);
  structs_.assign(members.members, Value());
  WideIntegers wide{request_.source->semantics >= 2};
  if (!readJsonStructs(list, std::span(fields).subspan(members.first, members.members), structs_, wide).empty())
    return false;
  if (!storeCell(structs_[index - members.first], fields[index].type, result_.columns[f], key, *result_.arena))
    throw std::bad_alloc();
  return true;
}

void RowDecoder::unreadable(size_t key) {
  result_.status[key] = KeyStatus::Found;
  result_.countBad(key, request_.fields.size());
}

FetchResult answerAll(const FetchRequest& request, KeyStatus status) {
  FetchResult result;
  try {
    RowDecoder decoder(request, std::make_shared<Arena>(SIZE_MAX));
    result = decoder.take();
    result.status.assign(request.keys.size(), status);
  } catch (const std::bad_alloc&) {
    result = {};  // without rows: the store failed as a whole
  }
  return result;
}

}  // namespace featc
