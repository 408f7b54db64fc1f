// SPDX-License-Identifier: Apache-2.0
// The kind of store whose rows are a file of JSON lines, read into memory (data/memory/memory_store.h).
#include "data/memory/memory_store.h"
#include "stores/store_kind.h"

namespace featc {

constinit const StoreKind kJsonlKind = {
    .scheme = "jsonl",
    .form = "jsonl:PATH",
    .parse = [](std::string_view rest, StoreUrl& url) { return takePath(rest, url); },
    .name = [](const StoreUrl& url) { return std::string(kJsonlScheme) + url.path; },
    .open =
        [](const StoreUrl& url, const StoreOptions&, std::span<const SourceInfo> sources, OpenedStore& opened) {
          opened.store = MemoryStore::load(url.path, sources, opened.report);
          opened.error = opened.report.error;
        },
    .guarding = Guarding::None,
    .takesOptions = false,
    .isOfDeclarations = true,
};

}  // namespace featc
