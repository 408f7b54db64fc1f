// SPDX-License-Identifier: Apache-2.0
// Copies requests.
#include "stores/owned_request.h"

namespace featc {

std::shared_ptr<const SourceInfo> SourceCopies::of(const SourceInfo& source) {
  // Configs come and go while a store lives, and another one's source may lie where an old one lay.
  constexpr size_t kKept = 1024;
  std::lock_guard lock(mutex_);
  if (copies_.size() > kKept) copies_.clear();
  std::shared_ptr<const SourceInfo>& copy = copies_[&source];
  if (copy == nullptr || *copy != source) copy = std::make_shared<const SourceInfo>(source);
  return copy;
}

OwnedRequest::OwnedRequest(const FetchRequest& request, SourceCopies& copies)
    : source(copies.of(*request.source)),
      keys(request.keys.begin(), request.keys.end()),
      fields(request.fields.begin(), request.fields.end()),
      deadline(request.deadline) {}

}  // namespace featc
