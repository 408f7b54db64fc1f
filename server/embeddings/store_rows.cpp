// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/store_rows.h"

#include <fmt/format.h>

#include "server/embeddings/table_layout.h"

namespace featc {

namespace {

constexpr unsigned kShardBits = 10;

SourceField field(const char* name, Type type) { return {name, type.withNullable()}; }

}  // namespace

const SourceInfo& embeddingRows() {
  static const SourceInfo source = [] {
    SourceInfo out;
    out.name = "embeddings";
    out.fields = {field("row", Type::string())};
    return out;
  }();
  return source;
}

std::string embeddingRowKey(std::string_view epoch, std::string_view table, uint64_t id) {
  return fmt::format("emb:{}:{}:{{{:03x}}}:{}", epoch, table, tableHash(id) >> (64 - kShardBits), id);
}

const SourceInfo& embeddingHead() {
  static const SourceInfo source = [] {
    SourceInfo out;
    out.name = "embeddings";
    out.fields = {field("manifest", Type::string()), field("origin", Type::string()), field("sequence", Type::int64())};
    return out;
  }();
  return source;
}

std::string embeddingHeadKey(std::string_view epoch) { return fmt::format("emb:{}", epoch); }

}  // namespace featc
