// SPDX-License-Identifier: Apache-2.0
// Any bytes as a vocabulary file: a table that finds each of its words, or an error that lies in the bytes.
#include <cstdlib>

#include "ops/library/vocabulary.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace featc;
  std::string content(reinterpret_cast<const char*>(data), size);
  std::vector<Value> constants{Value::missing(), Value::missing(), Value::of(content)};
  for (Type word : {Type::string(), Type::int64()}) {
    std::vector<Type> types{Type::list(word), Type::int64(), Type::string()};
    Prepared prepared = prepareVocabulary(constants, types);
    if (prepared.error) {
      const auto& place = prepared.error->place;
      if (!place || place->begin > place->end || place->end > size) std::abort();
    } else if (word == Type::string()) {
      const auto& table = static_cast<const Vocabulary<Str, int64_t>&>(*prepared.state);
      for (const auto& entry : table.entries) {
        const int64_t* found = table.find(Str::of(entry.key));
        if (found == nullptr || *found != entry.number) std::abort();
      }
    }
  }
  return 0;
}
