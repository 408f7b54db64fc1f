// SPDX-License-Identifier: Apache-2.0
// The table of kinds of stores.
#include "stores/store_kind.h"

#include <algorithm>
#include <vector>

namespace featc {

namespace {

constexpr const StoreKind* kKinds[] = {&kJsonlKind,       &kLmdbKind,         &kRedisKind,
                                       &kRedisSocketKind, &kRedisClusterKind, &kMemoryKind};

std::string listed(bool (*isWanted)(const StoreKind& kind)) {
  std::vector<std::string_view> forms;
  for (const StoreKind* kind : kKinds)
    if (isWanted(*kind)) forms.push_back(kind->form);
  std::string text;
  for (size_t i = 0; i < forms.size(); ++i) {
    if (i > 0) text += i + 1 == forms.size() ? " or " : ", ";
    text += forms[i];
  }
  return text;
}

}  // namespace

std::span<const StoreKind* const> storeKinds() { return kKinds; }

const StoreKind* storeKindOf(std::string_view url) {
  size_t colon = url.find(':');
  if (colon == std::string_view::npos) return nullptr;
  const auto* found =
      std::ranges::find(kKinds, url.substr(0, colon), [](const StoreKind* kind) { return kind->scheme; });
  return found == std::end(kKinds) ? nullptr : *found;
}

const std::string& storeForms() {
  static const std::string forms = listed([](const StoreKind&) { return true; });
  return forms;
}

const std::string& fillableStoreForms() {
  static const std::string forms = listed([](const StoreKind& kind) { return kind.openWriter != nullptr; });
  return forms;
}

}  // namespace featc
