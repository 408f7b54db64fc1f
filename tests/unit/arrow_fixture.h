// SPDX-License-Identifier: Apache-2.0
// Arrow arrays made by hand.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/arrow/arrow_builder.h"
#include "data/arrow/c_interface.h"

namespace featc::test {

// An array with its schema; children and dictionary are moved in.
struct HandArray {
  ArrowOwner<ArrowSchema> schema;
  ArrowOwner<ArrowArray> array;

  HandArray named(const std::string& name) && {
    rename(name);
    return std::move(*this);
  }
  HandArray sliced(int64_t offset, int64_t length) && {
    array->offset = offset;
    array->length = length;
    array->null_count = array->null_count == 0 ? 0 : -1;
    return std::move(*this);
  }
  // With a bitmap, least significant bit first.
  HandArray nulls(std::vector<uint8_t> bitmap) && {
    auto kept = std::make_shared<std::vector<uint8_t>>(std::move(bitmap));
    array->buffers[0] = kept->data();
    array->null_count = -1;
    keep.push_back(std::move(kept));
    return std::move(*this);
  }

  std::vector<std::shared_ptr<const void>> keep;

 private:
  void rename(const std::string& name) {
    auto kept = std::make_shared<std::string>(name);
    schema->name = kept->c_str();
    keep.push_back(std::move(kept));
  }
};

template <class T>
std::pair<const void*, std::shared_ptr<const void>> bufferOf(std::vector<T> values) {
  // One more, so that an empty vector has an address too.
  values.emplace_back();
  auto kept = std::make_shared<std::vector<T>>(std::move(values));
  return {kept->data(), kept};
}

inline HandArray handArray(const std::string& format, int64_t length, const void* first, const void* second,
                           std::shared_ptr<const void> keep) {
  HandArray out;
  makeArrowSchema(out.schema.get(), format, "");
  if (second == nullptr)
    makeArrowArray(out.array.get(), length, 0, {nullptr, first}, std::move(keep));
  else
    makeArrowArray(out.array.get(), length, 0, {nullptr, first, second}, std::move(keep));
  return out;
}

// Of Arrow's type null.
inline HandArray nullArray(int64_t length) {
  HandArray out;
  makeArrowSchema(out.schema.get(), "n", "");
  makeArrowArray(out.array.get(), length, length, {}, nullptr);
  return out;
}

template <class T>
HandArray numberArray(const std::string& format, std::vector<T> values) {
  auto length = static_cast<int64_t>(values.size());
  auto [data, keep] = bufferOf(std::move(values));
  return handArray(format, length, data, nullptr, keep);
}

// `Offset` is int32_t for format "u", int64_t for "U".
template <class Offset>
HandArray textArray(const std::string& format, const std::vector<std::string>& texts) {
  std::vector<Offset> offsets{0};
  std::vector<char> bytes;
  for (const std::string& text : texts) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    offsets.push_back(static_cast<Offset>(bytes.size()));
  }
  auto [at, keepOffsets] = bufferOf(std::move(offsets));
  auto [data, keepBytes] = bufferOf(std::move(bytes));
  HandArray out = handArray(format, static_cast<int64_t>(texts.size()), at, data, keepOffsets);
  out.keep.push_back(keepBytes);
  return out;
}

inline HandArray strings(const std::vector<std::string>& texts) { return textArray<int32_t>("u", texts); }

inline void adopt(HandArray& parent, int64_t i, HandArray child) {
  child.schema.moveTo(parent.schema->children[i]);
  child.array.moveTo(parent.array->children[i]);
  for (auto& kept : child.keep) parent.keep.push_back(std::move(kept));
}

template <class Offset>
HandArray listArray(const std::string& format, std::vector<Offset> offsets, HandArray elements) {
  HandArray out;
  auto length = static_cast<int64_t>(offsets.size()) - 1;
  auto [at, keep] = bufferOf(std::move(offsets));
  makeArrowSchema(out.schema.get(), format, "", 1);
  makeArrowArray(out.array.get(), length, 0, {nullptr, at}, keep, 1);
  adopt(out, 0, std::move(elements).named("item"));
  return out;
}

inline HandArray fixedListArray(int width, int64_t length, HandArray elements) {
  HandArray out;
  makeArrowSchema(out.schema.get(), "+w:" + std::to_string(width), "", 1);
  makeArrowArray(out.array.get(), length, 0, {nullptr}, nullptr, 1);
  adopt(out, 0, std::move(elements).named("item"));
  return out;
}

inline HandArray structArray(int64_t length, std::vector<HandArray> fields) {
  HandArray out;
  auto count = static_cast<int64_t>(fields.size());
  makeArrowSchema(out.schema.get(), "+s", "", count);
  makeArrowArray(out.array.get(), length, 0, {nullptr}, nullptr, count);
  for (int64_t i = 0; i < count; ++i) adopt(out, i, std::move(fields[static_cast<size_t>(i)]));
  return out;
}

inline HandArray mapArray(std::vector<int32_t> offsets, HandArray keys, HandArray values) {
  int64_t entries = keys.array->length;
  std::vector<HandArray> fields;
  fields.push_back(std::move(keys).named("key"));
  fields.push_back(std::move(values).named("value"));
  return listArray<int32_t>("+m", std::move(offsets), structArray(entries, std::move(fields)));
}

template <class Index>
HandArray dictionaryArray(const std::string& format, std::vector<Index> indices, HandArray values) {
  HandArray out = numberArray<Index>(format, std::move(indices));
  // A dictionary is released by its owner, which here is a node of its own.
  auto schema = std::make_shared<ArrowOwner<ArrowSchema>>(std::move(values.schema));
  auto array = std::make_shared<ArrowOwner<ArrowArray>>(std::move(values.array));
  out.schema->dictionary = schema->get();
  out.array->dictionary = array->get();
  out.keep = std::move(values.keep);
  out.keep.push_back(schema);
  out.keep.push_back(array);
  return out;
}

// A table of columns, as a record batch is exported.
inline HandArray tableOf(std::vector<HandArray> columns) {
  int64_t rows = columns.empty() ? 0 : columns[0].array->length;
  return structArray(rows, std::move(columns));
}
template <class... Columns>
HandArray table(Columns... columns) {
  std::vector<HandArray> all;
  (all.push_back(std::move(columns)), ...);
  return tableOf(std::move(all));
}

// What a stream hands out, one after another.
struct TableStream {
  std::vector<HandArray> tables;
  size_t next = 0;
};
inline TableStream* stateOf(ArrowArrayStream* stream) { return static_cast<TableStream*>(stream->private_data); }

// A stream of some tables of one schema.
inline ArrowOwner<ArrowArrayStream> streamOf(std::vector<HandArray> tables) {
  ArrowOwner<ArrowArrayStream> stream;
  stream->get_schema = [](ArrowArrayStream* s, ArrowSchema* out) {
    stateOf(s)->tables[0].schema.moveTo(out);
    return 0;
  };
  stream->get_next = [](ArrowArrayStream* s, ArrowArray* out) {
    out->release = nullptr;
    TableStream& self = *stateOf(s);
    if (self.next < self.tables.size()) self.tables[self.next++].array.moveTo(out);
    return 0;
  };
  stream->get_last_error = [](ArrowArrayStream*) -> const char* { return nullptr; };
  stream->release = [](ArrowArrayStream* s) {
    delete stateOf(s);
    s->release = nullptr;
  };
  stream->private_data = new TableStream{std::move(tables), 0};
  return stream;
}

}  // namespace featc::test
