// SPDX-License-Identifier: Apache-2.0
// Rows by key, with absent rows and missing fields among them.
#include "tests/random/random_store.h"

#include "tests/random/rng.h"
#include "tests/random/values.h"

namespace featc {
namespace {

// A value as a store hands it out: its maps sorted, each key once.
Value normalized(const Value& value, Type type) {
  if (type.isScalar() || value.isMissing()) return value;
  if (type.isList()) {
    Value::Elements elements;
    for (const Value& e : value.asList()) elements.push_back(normalized(e, type.element()));
    return Value::list(std::move(elements));
  }
  Value::Entries entries;
  for (const Value& pair : value.asList())
    entries.emplace_back(pair.asList()[0], normalized(pair.asList()[1], type.value()));
  return Value::map(std::move(entries));
}

}  // namespace

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
    uint64_t row = hashBytes(HashFamily::Xxh3, request.keys[k]);
    bool found = !Rng(seed_, row).chance(20);
    result.status.push_back(found ? KeyStatus::Found : KeyStatus::Absent);
    for (size_t f = 0; found && f < request.fields.size(); ++f) {
      Type type = request.source->fields[request.fields[f]].type;
      Rng rng(seed_ + request.fields[f] + 1, row);
      if (rng.chance(20)) continue;
      storeCell(normalized(randomInput(rng, type), type), type, result.columns[f], k, *result.arena);
    }
  }
  done(std::move(result));
}

}  // namespace featc
