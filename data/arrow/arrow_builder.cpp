// SPDX-License-Identifier: Apache-2.0
// Owners behind the structs of Arrow's C data interface.
#include "data/arrow/arrow_builder.h"

namespace featc {
namespace {

// What an empty buffer points to; as offsets it says that nothing is there.
alignas(64) const char kEmpty[64] = {};

// The children's memory and the pointers to them that a parent hands out.
template <class T>
struct Children {
  std::vector<T> values;
  std::vector<T*> pointers;

  explicit Children(int64_t count) : values(static_cast<size_t>(count)) {
    for (T& value : values) pointers.push_back(&value);
  }
  // A child that a consumer has moved elsewhere has no release callback any more.
  void release() {
    for (T& value : values)
      if (value.release != nullptr) value.release(&value);
  }
};

struct SchemaOwner {
  std::string format;
  std::string name;
  std::string metadata;
  Children<ArrowSchema> children;
};

struct ArrayOwner {
  std::vector<const void*> buffers;
  std::shared_ptr<const void> keep;
  Children<ArrowArray> children;
};

template <class Owner, class T>
void release(T* value) {
  auto* owner = static_cast<Owner*>(value->private_data);
  owner->children.release();
  delete owner;
  value->release = nullptr;
}

void appendInt(std::string& out, size_t value) {
  auto bytes = static_cast<int32_t>(value);
  out.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

}  // namespace

void makeArrowSchema(ArrowSchema* out, std::string format, std::string name, int64_t children, std::string metadata) {
  auto* owner =
      new SchemaOwner{std::move(format), std::move(name), std::move(metadata), Children<ArrowSchema>(children)};
  *out = {};
  out->format = owner->format.c_str();
  out->name = owner->name.c_str();
  out->metadata = owner->metadata.empty() ? nullptr : owner->metadata.data();
  out->flags = ARROW_FLAG_NULLABLE;
  out->n_children = children;
  out->children = owner->children.pointers.data();
  out->release = release<SchemaOwner, ArrowSchema>;
  out->private_data = owner;
}

std::string arrowMetadata(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out;
  appendInt(out, pairs.size());
  for (const auto& [key, value] : pairs) {
    appendInt(out, key.size());
    out += key;
    appendInt(out, value.size());
    out += value;
  }
  return out;
}

void makeArrowArray(ArrowArray* out, int64_t length, int64_t nulls, std::initializer_list<const void*> buffers,
                    std::shared_ptr<const void> keep, int64_t children) {
  auto* owner = new ArrayOwner{buffers, std::move(keep), Children<ArrowArray>(children)};
  for (size_t i = 1; i < owner->buffers.size(); ++i)
    if (owner->buffers[i] == nullptr) owner->buffers[i] = kEmpty;
  *out = {};
  out->length = length;
  out->null_count = nulls;
  out->n_buffers = static_cast<int64_t>(owner->buffers.size());
  out->n_children = children;
  out->buffers = owner->buffers.data();
  out->children = owner->children.pointers.data();
  out->release = release<ArrayOwner, ArrowArray>;
  out->private_data = owner;
}

}  // namespace featc
