// SPDX-License-Identifier: Apache-2.0
// A JSON array of objects into the columns of a list of structs, a list column a member.
#include "data/json/json_structs.h"

#include <fmt/format.h>

#include <string>

#include "data/json/json_string.h"

namespace featc {
namespace {

using simdjson::error_code;
using simdjson::SUCCESS;
namespace ondemand = simdjson::ondemand;

// Objects mostly repeat the order of the members; `position` is the key's place in its object.
const JsonMember* findMember(std::span<const JsonMember> members, std::string_view key, size_t position) {
  if (position < members.size() && members[position].name == key) return &members[position];
  for (const JsonMember& member : members)
    if (member.name == key) return &member;
  return nullptr;
}

// Appends element `index` of the list that is open.
error_code decodeStruct(JsonColumnDecoder& decoder, ondemand::value value, size_t index,
                        std::span<const JsonMember> members, const UnknownMember& unknown) {
  std::string_view token = jsonToken(value);
  if (token != "null" && token[0] != '{') return decoder.mismatch(value, "an object");
  if (token[0] == '{') {
    ondemand::object object;
    if (error_code error = value.get_object().get(object)) return error;
    size_t position = 0;
    std::string repaired;
    for (auto entry : object) {
      ondemand::field field;
      if (error_code error = std::move(entry).get(field)) return error;
      std::string_view key;
      if (error_code error = jsonKey(field, key, repaired)) return error;
      const JsonMember* member = findMember(members, key, position++);
      if (member == nullptr || !decoder.problem().empty()) {
        if (member == nullptr) unknown(key);
        if (error_code error = decoder.skip(field.value())) return error;
        continue;
      }
      ColumnBuffer& elements = member->column->elements();
      decoder.setField(member->field);
      // Of repeated keys the last wins.
      if (member->column->openElements() > index) {
        elements.truncate(elements.size() - 1);
        decoder.note(NoteKind::RepeatedKey, key);
      }
      if (error_code error = decoder.decode(field.value(), elements)) return error;
      if (!decoder.problem().empty()) decoder.locate(key);
    }
  }
  for (const JsonMember& member : members)
    if (decoder.problem().empty() && member.column->openElements() == index) member.column->elements().appendMissing();
  return SUCCESS;
}

}  // namespace

error_code decodeStructs(JsonColumnDecoder& decoder, ondemand::value value, std::span<const JsonMember> members,
                         const UnknownMember& unknown) {
  std::string_view token = jsonToken(value);
  if (token == "null") {
    for (const JsonMember& member : members) member.column->appendMissing();
    return SUCCESS;
  }
  if (token[0] != '[') return decoder.mismatch(value, "a list of objects");
  ondemand::array elements;
  if (error_code error = value.get_array().get(elements)) return error;
  size_t index = 0;
  for (auto element : elements) {
    ondemand::value child;
    if (error_code error = element.get(child)) return error;
    if (!decoder.problem().empty()) {
      if (error_code error = decoder.skip(child)) return error;
      continue;
    }
    if (error_code error = decodeStruct(decoder, child, index, members, unknown)) return error;
    if (!decoder.problem().empty()) decoder.locate(fmt::format("element {}", index));
    ++index;
  }
  if (!decoder.problem().empty()) return SUCCESS;
  for (const JsonMember& member : members) member.column->closeNested();
  return SUCCESS;
}

}  // namespace featc
