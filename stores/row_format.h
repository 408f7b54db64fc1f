// SPDX-License-Identifier: Apache-2.0
// Rows as bytes, for stores that know keys and values only: LMDB and the in-memory table. docs/stores.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/program_info.h"
#include "stores/row_decoder.h"

namespace featc {

// -- Values -----------------------------------------------------------------------------------------

// A row of `source` with one value a field, a missing one where there is none:
//   byte 0      1: fields as text (encoding hash), 2: one JSON object (encoding json)
//   then, of 1  for each present field: name's length, name, text's length, text; of 2 the JSON text
// Lengths are 32-bit little-endian.
std::string encodeRow(const SourceInfo& source, std::span<const Value> values);
// The JSON object alone.
std::string encodeJsonRow(const SourceInfo& source, std::span<const Value> values);

// Writes the row into `decoder`; bytes that are not a row are one that cannot be read. `bytes` must live as
// long as the decoder's arena. `texts` has one entry a field of the request, for reuse.
void decodeRow(std::string_view bytes, const FetchRequest& request, size_t key, RowDecoder& decoder,
               std::vector<Str>& texts);

// -- Keys that a store cannot hold -------------------------------------------------------------------

inline constexpr size_t kMaxDirectKey = 511;  // LMDB's limit; an empty key it cannot hold either
inline bool isDirectKey(std::string_view key) { return !key.empty() && key.size() <= kMaxDirectKey; }
// What stands for a key that is not a direct one: XXH3-128 of it, big-endian, 16 bytes.
std::string hashedKey(std::string_view key);
// Puts the full key before a row's bytes (its length, 32-bit little-endian, then the key) ...
std::string withFullKey(std::string_view key, std::string_view row);
// ... and takes it off: nothing where the bytes are another key's, or too short.
std::optional<std::string_view> rowOfFullKey(std::string_view key, std::string_view bytes);

}  // namespace featc
