// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "server/embeddings/epoch.h"

int fail(const std::string& message);

int lookUp(std::span<const uint64_t> ids, std::span<const int64_t> offsets, std::span<const float> weights, float* out,
           size_t dim) {
#include SNIPPET
  return 0;
}
