// SPDX-License-Identifier: Apache-2.0
// Where a store is, as the command line says it: `redis://127.0.0.1:6379/0?timeout=20ms`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stores/redis_slots.h"
#include "stores/store_options.h"

namespace featc {

struct StoreKind;

// `memory:`, `jsonl:PATH`, `lmdb:PATH`, `redis://[USER@]HOST[:PORT][/DB]`, `redis+unix://[USER@]/PATH?db=N`,
// `redis-cluster://[USER@]HOST[:PORT],...`;
// all but jsonl may end in `?NAME=VALUE&...` with fields of StoreOptions.
struct StoreUrl {
  const StoreKind* kind = nullptr;  // set once it is parsed
  std::string path;                 // jsonl, lmdb, redis+unix
  std::string host;                 // redis
  uint16_t port = 6379;
  std::vector<RedisAddress> seeds;  // redis-cluster
  std::string user;
  uint32_t database = 0;

  // For messages: no options, no user.
  std::string name() const;
};

// Fills `url`, and in `options` what the URL sets. The error is for the user and never holds the URL's
// text after the scheme where it could hold a password; empty: fine.
std::string parseStoreUrl(std::string_view text, StoreUrl& url, StoreOptions& options);

// A share from 0 to 1, as `5%` or `0.05`; nothing where the text is not one.
std::optional<double> parseShare(std::string_view text);

// For kinds whose URLs are a path.
std::string takePath(std::string_view rest, StoreUrl& url);

}  // namespace featc
