// SPDX-License-Identifier: Apache-2.0
// Fuzzes what stores hold: rows as bytes, fields as text. No bytes crash a reader, and what is read is written
// and read again the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "stores/row_format.h"
#include "tests/fuzz/require.h"

namespace {

using namespace featc;

SourceInfo everyType(Encoding encoding, uint32_t semantics) {
  SourceInfo source{"s", {{"k", Type::string()}}, "{k}", encoding, {}, semantics};
  for (const char* type : {"int64", "float64", "bool", "string", "list<string>", "list<bool>", "map<int64, float64>",
                           "map<string, int64>", "timestamp"})
    source.fields.push_back({std::string(1, static_cast<char>('a' + source.fields.size())), *parseType(type)});
  return source;
}

std::vector<Value> valuesOf(const FetchResult& result, const SourceInfo& source) {
  std::vector<Value> values;
  for (size_t f = 0; f < source.fields.size(); ++f)
    values.push_back(loadCell(result.columns[f], source.fields[f].type, 0));
  return values;
}

// A string that is not UTF-8 has no JSON form.
bool isUtf8(const std::vector<Value>& values) {
  for (const Value& value : values)
    if (value.isString() && !simdjson::validate_utf8(value.asString())) return false;
  return true;
}

FetchResult read(std::string_view bytes, const SourceInfo& source) {
  static const std::vector<std::string> keys = {"k"};
  static const std::vector<uint32_t> fields = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  FetchRequest request{&source, keys, fields};
  RowDecoder decoder(request, std::make_shared<Arena>(SIZE_MAX));
  std::vector<Str> texts;
  decodeRow(bytes, request, 0, decoder, texts);
  return decoder.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const SourceInfo hash = everyType(Encoding::Hash, 1);
  static const SourceInfo newest = everyType(Encoding::Hash, kNewestSemantics);
  static const SourceInfo json = everyType(Encoding::Json, 1);
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)rowOfFullKey("k", bytes);
  // The bytes as they are, and as the text of each field.
  std::vector<std::string> rows = {std::string(bytes), "\x02" + std::string(bytes)};
  for (const SourceField& field : hash.fields) {
    std::string row = "\x01";
    for (std::string_view text : {std::string_view(field.name), bytes}) {
      for (unsigned shift = 0; shift < 32; shift += 8) row += static_cast<char>(text.size() >> shift & 0xFFU);
      row += text;
    }
    rows.push_back(std::move(row));
  }
  for (const std::string& row : rows) {
    FetchResult result = read(row, hash);
    require(result.status[0] == KeyStatus::Found && result.badFieldsOf(0) <= hash.fields.size());
    std::vector<Value> values = valuesOf(result, hash);
    require(valuesOf(read(encodeRow(hash, values), hash), hash) == values);
    require(valuesOf(read(encodeRow(hash, values), newest), newest) == values);
    if (isUtf8(values)) require(valuesOf(read(encodeRow(json, values), json), json) == values);
    // A later version reads more, and nothing otherwise.
    FetchResult later = read(row, newest);
    require(later.badFieldsOf(0) <= result.badFieldsOf(0));
    std::vector<Value> more = valuesOf(later, newest);
    for (size_t f = 0; f < values.size(); ++f) require(values[f].isMissing() || values[f] == more[f]);
  }
  return 0;
}
