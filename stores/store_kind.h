// SPDX-License-Identifier: Apache-2.0
// The table of kinds of stores: adding one is its own files and a row in stores/store_kinds.cpp. docs/adding-a-store.md
// goes through it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "stores/open_store.h"
#include "stores/store_url.h"
#include "stores/store_writer.h"

namespace featc {

// What is put around a store: see stores/guards.h.
enum class Guarding : uint8_t {
  None,         // its rows are in memory and there at once
  All,          // its reads may take long or fail
  NoDeadlines,  // the same, but it keeps deadlines by itself
};

struct StoreKind {
  std::string_view scheme;  // how its URLs begin, before the colon
  std::string_view form;    // of its URLs, for messages and help: `lmdb:PATH`
  // Takes apart what is between the colon and the options. What is wrong with it, without repeating a password; empty:
  // fine.
  std::string (*parse)(std::string_view rest, StoreUrl& url);
  // For messages: no options, no user.
  std::string (*name)(const StoreUrl& url);
  // Sets the store, or the error where there is none; `opened.report` where it reads rows.
  void (*open)(const StoreUrl& url, const StoreOptions& options, std::span<const SourceInfo> sources,
               OpenedStore& opened);
  // What fills it; fails where it cannot be reached. No function: `featc load` cannot fill it.
  Expected<std::unique_ptr<StoreWriter>> (*openWriter)(const StoreUrl& url, const StoreOptions& options) = nullptr;
  Guarding guarding = Guarding::All;
  uint32_t breaker = 8;           // StoreOptions::breaker, unless that is set
  bool takesOptions = true;       // else a `?` belongs to the path
  bool hasDatabases = false;      // it takes the option db=N
  bool hasReplicas = false;       // it takes the option read=replica
  bool takesPasswords = false;    // from the environment: one in the URL is refused
  bool isOfDeclarations = false;  // its rows were read by the config's declarations, so others need another store
};

// Each is defined beside its store.
extern const StoreKind kJsonlKind;
extern const StoreKind kLmdbKind;
extern const StoreKind kRedisKind;
extern const StoreKind kRedisSocketKind;
extern const StoreKind kRedisClusterKind;
extern const StoreKind kMemoryKind;

// All of them, in the order of help texts.
std::span<const StoreKind* const> storeKinds();
// The kind whose scheme the URL begins with; null: none.
const StoreKind* storeKindOf(std::string_view url);
// `jsonl:PATH, lmdb:PATH, ... or memory:`
const std::string& storeForms();
// The same of those that `featc load` fills.
const std::string& fillableStoreForms();

}  // namespace featc
