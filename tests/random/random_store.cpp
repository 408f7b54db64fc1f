// SPDX-License-Identifier: Apache-2.0
// Rows by key, with absent rows and missing fields among them.
#include "tests/random/random_store.h"

#include "tests/random/rng.h"
#include "tests/random/sayable.h"
#include "tests/random/values.h"

namespace featc {
namespace {

uint64_t rowOf(std::string_view key) { return hashBytes(HashFamily::Xxh3, key); }

}  // namespace

bool RandomStore::has(std::string_view key) const {
  if (values_ == StoredValues::Sayable && !isUtf8(key)) return false;
  return !Rng(seed_, rowOf(key)).chance(20);
}

Value RandomStore::field(const SourceInfo& source, size_t field, std::string_view key) const {
  uint64_t row = rowOf(key);
  Type type = source.fields[field].type;
  StructList list = structListOf(source.fields, field);
  Rng rng(seed_ + field + 1, row);
  Rng shared(seed_ + list.first + 1, row);
  bool isMember = !source.fields[field].structList.empty();
  if ((isMember ? shared : rng).chance(20)) return {};
  Value value = isMember ? randomList(rng, type.element(), randomSize(shared)) : randomInput(rng, type);
  return asMaps(values_ == StoredValues::Sayable ? sayable(value) : value, type);
}

void RandomStore::fetch(const FetchRequest& request, Done done) {
  FetchResult result;
  result.arena = std::make_shared<Arena>();
  size_t keys = request.keys.size();
  size_t rows = (keys + 15) & ~size_t{7};
  for (uint32_t field : request.fields) {
    Type type = request.source->fields[field].type;
    ColumnRef& c = result.columns.emplace_back();
    c.data = result.arena->allocate<char>(rows * cellSize(type));
    c.valid = result.arena->allocate<uint8_t>(rows);
    std::fill_n(static_cast<char*>(c.data), rows * cellSize(type), '\0');
    std::fill_n(c.valid, rows, uint8_t{0});
  }
  for (size_t k = 0; k < keys; ++k) {
    bool found = has(request.keys[k]);
    result.status.push_back(found ? KeyStatus::Found : KeyStatus::Absent);
    for (size_t f = 0; found && f < request.fields.size(); ++f) {
      Value value = field(*request.source, request.fields[f], request.keys[k]);
      if (value.isMissing()) continue;
      storeCell(value, request.source->fields[request.fields[f]].type, result.columns[f], k, *result.arena);
    }
  }
  done(std::move(result));
}

}  // namespace featc
