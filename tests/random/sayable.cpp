// SPDX-License-Identifier: Apache-2.0
// Data as far as JSON can say it.
#include "tests/random/sayable.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "support/utf8.h"

namespace featc {
namespace {

std::string sayable(std::string text) {
  for (size_t at = 0; at < text.size();) {
    size_t bytes = codePointBytes(std::string_view(text).substr(at));
    // Distinct bytes mostly stay so.
    if (bytes == 0) text[at] = static_cast<char>('0' + static_cast<unsigned char>(text[at]) % 64);
    at += std::max<size_t>(bytes, 1);
  }
  return text;
}

size_t sizeOf(const Value& list) { return list.isMissing() ? 0 : list.asList().size(); }

// Shorter members get missing elements; one that is not there is as long where another is.
void levelMembers(std::vector<RandomData::Column>& columns, size_t first, size_t end) {
  for (size_t row = 0; row < columns[first].rows.size(); ++row) {
    size_t longest = 0;
    bool isThere = false;
    for (size_t c = first; c < end; ++c) {
      longest = std::max(longest, sizeOf(columns[c].rows[row]));
      isThere |= !columns[c].rows[row].isMissing();
    }
    for (size_t c = first; isThere && c < end; ++c) {
      const Value& was = columns[c].rows[row];
      Value::Elements elements = was.isMissing() ? Value::Elements() : was.asList();
      elements.resize(longest);
      columns[c].rows[row] = Value::list(std::move(elements));
    }
  }
}

}  // namespace

Value asMaps(const Value& value, Type type) {
  if (type.isScalar() || value.isMissing() || value.isMap()) return value;
  if (type.isList()) {
    Value::Elements elements;
    for (const Value& e : value.asList()) elements.push_back(asMaps(e, type.element()));
    return Value::list(std::move(elements));
  }
  Value::Entries entries;
  for (const Value& pair : value.asList())
    entries.emplace_back(pair.asList()[0], asMaps(pair.asList()[1], type.value()));
  return Value::map(std::move(entries));
}

Value sayable(const Value& value) {
  if (value.isString()) return Value::of(sayable(value.asString()));
  if (value.isFloat() && std::isnan(value.asFloat())) return Value::of(0.25);
  if (value.isFloat() && std::isinf(value.asFloat())) return Value::of(value.asFloat() > 0 ? 1e300 : -1e300);
  if (!value.isList()) return value;
  Value::Elements elements;
  for (const Value& e : value.asList()) elements.push_back(sayable(e));
  return Value::list(std::move(elements));
}

bool isUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t bytes = codePointBytes(text.substr(at));
    if (bytes == 0) return false;
    at += bytes;
  }
  return true;
}

RandomData sayable(RandomData data) {
  data = data.laidOutAsRead();
  for (RandomData::Column& column : data.columns)
    for (Value& row : column.rows) row = sayable(row);
  std::vector<RandomField> fields;
  for (const RandomData::Column& column : data.columns) fields.push_back(column.field);
  for (size_t i = 0; i < fields.size(); i = structListOf(fields, i).end())
    if (!fields[i].structList.empty()) levelMembers(data.columns, i, structListOf(fields, i).end());
  return data;
}

}  // namespace featc
