// SPDX-License-Identifier: Apache-2.0
// How rows of embeddings lie in a key-value store: under which keys, in which fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/program_info.h"

namespace featc {

// A row: field `row` has its numbers in the table's type, little-endian. A row that was deleted has no field.
const SourceInfo& embeddingRows();
// `emb:EPOCH:TABLE:{SHARD}:ID`. The shard is the first ten bits of the id's hash, in three hexadecimal digits; Redis
// Cluster keeps a shard's keys together, so that one command can read several.
std::string embeddingRowKey(std::string_view epoch, std::string_view table, uint64_t id);

// What an epoch's rows are: fields `manifest`, its text; `origin`, as the manifest has it; `sequence`, of the last
// delta whose rows are there. Written behind the rows.
const SourceInfo& embeddingHead();
std::string embeddingHeadKey(std::string_view epoch);

}  // namespace featc
