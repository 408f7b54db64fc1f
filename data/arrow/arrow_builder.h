// SPDX-License-Identifier: Apache-2.0
// Makes the structs that are handed out through Arrow's C data interface, with release callbacks.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/arrow/c_interface.h"

namespace featc {

// Makes `out` a schema; children are filled in by the caller through out->children[i].
void makeArrowSchema(ArrowSchema* out, std::string format, std::string name, int64_t children = 0,
                     std::string metadata = {});

// Key-value pairs as the metadata string of a schema.
std::string arrowMetadata(const std::vector<std::pair<std::string, std::string>>& pairs);

// Makes `out` an array of `length` values, `nulls` of them missing, over buffers that `keep` keeps alive. Null
// buffers other than the first become an empty one. Children are filled in through out->children[i].
void makeArrowArray(ArrowArray* out, int64_t length, int64_t nulls, std::initializer_list<const void*> buffers,
                    std::shared_ptr<const void> keep, int64_t children = 0);

}  // namespace featc
