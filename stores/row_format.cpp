// SPDX-License-Identifier: Apache-2.0
// Rows and keys as bytes.
#include "stores/row_format.h"

#include <xxhash.h>

#include <algorithm>

#include "support/json_quote.h"

namespace featc {
namespace {

constexpr char kFieldsFormat = 1;
constexpr char kJsonFormat = 2;

void appendLength(std::string& text, size_t length) {
  for (unsigned shift = 0; shift < 32; shift += 8) text += static_cast<char>(length >> shift & 0xFFU);
}

// A length and as many bytes off the front; false where there are fewer.
bool takeText(std::string_view& bytes, std::string_view& text) {
  if (bytes.size() < 4) return false;
  size_t length = 0;
  for (unsigned i = 0; i < 4; ++i) length |= size_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  if (bytes.size() - 4 < length) return false;
  text = bytes.substr(4, length);
  bytes.remove_prefix(4 + length);
  return true;
}

bool takeFields(std::string_view bytes, const FetchRequest& request, std::vector<Str>& texts) {
  texts.assign(request.fields.size(), {});
  while (!bytes.empty()) {
    std::string_view name;
    std::string_view text;
    if (!takeText(bytes, name) || !takeText(bytes, text)) return false;
    for (size_t f = 0; f < texts.size(); ++f)
      if (request.source->fields[request.fields[f]].name == name) texts[f] = Str::of(text);
  }
  return true;
}

// Lists that run alongside each other as an array of objects, without the members that are missing.
void appendStructs(std::string& text, std::span<const SourceField> fields, std::span<const Value> members) {
  size_t length = 0;
  for (const Value& list : members)
    if (!list.isMissing()) length = std::max(length, list.asList().size());
  text += '[';
  for (size_t i = 0; i < length; ++i) {
    text += i == 0 ? "{" : ",{";
    const char* separator = "";
    for (size_t m = 0; m < members.size(); ++m) {
      if (members[m].isMissing() || i >= members[m].asList().size() || members[m].asList()[i].isMissing()) continue;
      text += separator;
      text += jsonQuote(memberName(fields[m]));
      text += ':';
      appendJsonValue(text, members[m].asList()[i]);
      separator = ",";
    }
    text += '}';
  }
  text += ']';
}

}  // namespace

std::string encodeJsonRow(const SourceInfo& source, std::span<const Value> values) {
  std::string text = "{";
  for (size_t i = 0; i < values.size();) {
    const SourceField& field = source.fields[i];
    StructList list = structListOf(source.fields, i);
    std::span<const Value> members = values.subspan(i, list.members);
    if (std::ranges::any_of(members, [](const Value& v) { return !v.isMissing(); })) {
      if (text.size() > 1) text += ',';
      text += jsonQuote(field.structList.empty() ? field.name : field.structList);
      text += ':';
      if (field.structList.empty())
        appendJsonValue(text, values[i]);
      else
        appendStructs(text, std::span(source.fields).subspan(i, list.members), members);
    }
    i = list.end();
  }
  text += '}';
  return text;
}

std::string encodeRow(const SourceInfo& source, std::span<const Value> values) {
  if (source.encoding == Encoding::Json) return kJsonFormat + encodeJsonRow(source, values);
  std::string bytes(1, kFieldsFormat);
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].isMissing()) continue;
    text.clear();
    appendFieldText(text, values[i], source.fields[i].type);
    appendLength(bytes, source.fields[i].name.size());
    bytes += source.fields[i].name;
    appendLength(bytes, text.size());
    bytes += text;
  }
  return bytes;
}

void decodeRow(std::string_view bytes, const FetchRequest& request, size_t key, RowDecoder& decoder,
               std::vector<Str>& texts) {
  char format = bytes.empty() ? '\0' : bytes[0];
  if (format == kJsonFormat) return decoder.json(key, bytes.substr(1));
  if (format != kFieldsFormat || !takeFields(bytes.substr(1), request, texts)) return decoder.unreadable(key);
  decoder.fields(key, texts);
}

std::string hashedKey(std::string_view key) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(key.data(), key.size()));
  return {reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest};
}

std::string withFullKey(std::string_view key, std::string_view row) {
  std::string bytes;
  appendLength(bytes, key.size());
  bytes += key;
  bytes += row;
  return bytes;
}

std::optional<std::string_view> rowOfFullKey(std::string_view key, std::string_view bytes) {
  std::string_view stored;
  if (!takeText(bytes, stored) || stored != key) return std::nullopt;
  return bytes;
}

}  // namespace featc
