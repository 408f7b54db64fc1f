// SPDX-License-Identifier: Apache-2.0
// Data as far as JSON can say it: what is kept in files must be read back as what it was.
#pragma once

#include <string_view>

#include "tests/random/data.h"
#include "values/value.h"

namespace featc {

// Of a column or a store's field: maps, lists of [key, value] lists until then, become maps.
Value asMaps(const Value& value, Type type);

// Bytes that are not UTF-8 become others, floats that are not finite finite ones.
Value sayable(const Value& value);
bool isUtf8(std::string_view text);

// Maps are still lists of pairs. Members of a list of structs have as many elements each, and no column is laid out in
// a special way.
RandomData sayable(RandomData data);

}  // namespace featc
