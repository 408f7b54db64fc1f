// SPDX-License-Identifier: Apache-2.0
#include "server/oip/oip_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/oip/oip_schema.h"
#include "support/suggest.h"

namespace featc {

namespace {

// What stands for an array without elements.
alignas(64) constexpr uint8_t kNothing[64] = {};

template <class T>
const void* dataOf(const std::vector<T>& values) {
  return values.empty() ? static_cast<const void*>(kNothing) : values.data();
}

bool isInteger(OipType type) { return type >= OipType::Int8 && type <= OipType::Uint64; }
bool isFloat(OipType type) { return type == OipType::Fp32 || type == OipType::Fp64; }

// Items of which no tensor has anything cost no bytes to ask for.
constexpr int64_t kMostBareItems = int64_t{1} << 20U;

// `x` of `item.x`.
std::string_view withoutScope(std::string_view name) {
  for (Scope scope : {Scope::Request, Scope::Item}) {
    std::string_view word = scopeName(scope);
    if (name.starts_with(word) && name.substr(word.size()).starts_with('.')) return name.substr(word.size() + 1);
  }
  return name;
}

const char* rowsWord(Scope scope) { return scope == Scope::Item ? "items" : "requests"; }

}  // namespace

void OipBatch::build(OipProblems& problems) {
  if (std::string problem = indexTensors(); !problem.empty()) return problems.add(std::move(problem));
  nameFields();
  if (std::string problem = countRows(); !problem.empty()) {
    problems.add(std::move(problem));
  } else {
    columns_.resize(info_.inputs.size());
    for (const Field& field : fields_) problems.add(buildField(field));
  }
  addUnused(problems);
}

std::string OipBatch::indexTensors() {
  for (const OipTensor& tensor : request_.inputs)
    if (!tensors_.try_emplace(tensor.name, Tensor{&tensor}).second)
      return fmt::format("input \"{}\" is there twice", tensor.name);
  return {};
}

// Each field by the name that the request uses for it.
void OipBatch::nameFields() {
  for (size_t i = 0; i < info_.inputs.size(); ++i) {
    const auto& [names, qualified] = schema_.fields()[i];
    Field& field = fields_.emplace_back();
    field.input = i;
    field.names = !has(names.first) && has(qualified.first) ? &qualified : &names;
    field.isThere = has(field.names->first);
  }
}

const OipTensor* OipBatch::find(const std::string& name) {
  auto at = tensors_.find(name);
  if (at == tensors_.end()) return nullptr;
  at->second.used = true;
  return at->second.tensor;
}

// How many requests and items there are: as `item_offsets` says, or else as the tensors' first dimension does.
std::string OipBatch::countRows() {
  std::optional<int64_t> rows[3];
  const Field* says[3] = {};
  for (Field& field : fields_) {
    if (!field.isThere) continue;
    const InputInfo& input = info_.inputs[field.input];
    const bool hasOffsets = !input.type.isScalar();
    const auto& [name, owner, firstTensor, valid] = *field.names;
    const OipTensor* first = find(hasOffsets ? oipOffsetsName(owner, 0) : name);
    if (first == nullptr)
      return fmt::format(
          "input \"{}\" is missing: \"{}\" is a {} and needs the number of values before each row, from 0",
          oipOffsetsName(owner, 0), name, toString(input.type));
    if (hasOffsets && first->elements == 0) return fmt::format("input \"{}\" is empty: it begins with 0", first->name);
    field.rows = hasOffsets ? first->elements - 1 : first->elements;
    auto scope = static_cast<size_t>(input.scope);
    if (rows[scope] && *rows[scope] != *field.rows)
      return fmt::format("input \"{}\" has {} rows and input \"{}\" {}: fields of {} have as many rows as there are {}",
                         name, *field.rows, says[scope]->names->name, *rows[scope], scopeName(input.scope),
                         rowsWord(input.scope));
    rows[scope] = field.rows;
    says[scope] = &field;
  }
  const auto& ofRequests = rows[static_cast<size_t>(Scope::Request)];
  const auto& ofItems = rows[static_cast<size_t>(Scope::Item)];
  if (const OipTensor* offsets = find(std::string(kItemOffsets))) {
    const int64_t* values = nullptr;
    requests_ = offsets->elements - 1;
    if (requests_ < 0) return fmt::format("input \"{}\" is empty: it begins with 0", kItemOffsets);
    if (std::string problem = buildOffsets(std::string(kItemOffsets), requests_, values, items_); !problem.empty())
      return problem;
    if (!ofItems && items_ > std::max(requests_, kMostBareItems))
      return fmt::format("input \"{}\" says that there are {} items, and no input has a value of theirs: at most {}",
                         kItemOffsets, items_, kMostBareItems);
    itemOffsets_.assign(values, values + offsets->elements);
  } else {
    requests_ = ofRequests.value_or(1);
    items_ = ofItems.value_or(requests_);
    if (requests_ != 1 && ofItems)
      return fmt::format("there are {} requests: input \"{}\" must say which items are whose, as INT64 [{}]", requests_,
                         kItemOffsets, requests_ + 1);
    // Without any field of an item, each request has one.
    for (int64_t i = 0; i <= requests_; ++i) itemOffsets_.push_back(requests_ == 1 && i == 1 ? items_ : i);
  }
  if (ofRequests && *ofRequests != requests_)
    return fmt::format("input \"{}\" has {} rows, and \"{}\" says that there are {} requests",
                       says[static_cast<size_t>(Scope::Request)]->names->name, *ofRequests, kItemOffsets, requests_);
  if (ofItems && *ofItems != items_)
    return fmt::format("input \"{}\" has {} rows, and \"{}\" says that there are {} items",
                       says[static_cast<size_t>(Scope::Item)]->names->name, *ofItems, kItemOffsets, items_);
  return {};
}

std::string OipBatch::buildField(const Field& field) {
  const InputInfo& input = info_.inputs[field.input];
  const int64_t rows = input.scope == Scope::Item ? items_ : requests_;
  ColumnData& column = columns_[field.input];
  if (!field.isThere) {
    if (!input.type.nullable() && rows > 0)
      return fmt::format("input \"{}\" is missing: {} is {} and cannot be left out", field.names->first,
                         input.qualified(), toString(input.type));
    column.length = rows;
    column.absent = true;
    return {};
  }
  if (std::string problem = buildValue(field.names->name, field.names->owner, input.type, 0, rows, column);
      !problem.empty())
    return problem;
  return buildValid(field, rows, column);
}

std::string OipBatch::buildValue(const std::string& base, const std::string& owner, Type type, int level, int64_t rows,
                                 ColumnData& out) {
  if (type.isScalar()) return buildScalar(base, type, rows, out);
  const int64_t* offsets = nullptr;
  int64_t elements = 0;
  if (std::string problem = buildOffsets(oipOffsetsName(owner, level), rows, offsets, elements); !problem.empty())
    return problem;
  out.length = rows;
  out.offsets = offsets;
  out.wideOffsets = true;
  ColumnData& first = children_.emplace_back();
  out.children[0] = &first;
  if (type.isList()) return buildValue(base, base, type.element(), level + 1, elements, first);
  ColumnData& values = children_.emplace_back();
  out.children[1] = &values;
  if (std::string problem = buildScalar(base + ".keys", type.key(), elements, first); !problem.empty()) return problem;
  return buildValue(base + ".values", base, type.value(), level + 1, elements, values);
}

std::string OipBatch::buildScalar(const std::string& name, Type type, int64_t rows, ColumnData& out) {
  const OipTensor* tensor = find(name);
  if (tensor == nullptr) return fmt::format("input \"{}\" is missing", name);
  if (tensor->elements != rows)
    return fmt::format("input \"{}\" has {} elements, not {}", name, tensor->elements, rows);
  out.length = rows;
  switch (type.kind()) {
    case Kind::Bool:
      if (tensor->type != OipType::Bool) break;
      out.values = bitsOf(*tensor);
      return {};
    case Kind::Int64:
      if (!isInteger(tensor->type)) break;
      out.values = dataOf(tensor->integers);
      return {};
    case Kind::Float64:
      if (isFloat(tensor->type)) {
        out.values = dataOf(tensor->floats);
        return {};
      }
      if (!isInteger(tensor->type) || tensor->type == OipType::Uint64) break;
      out.values = dataOf(floats_.emplace_back(tensor->integers.begin(), tensor->integers.end()));
      return {};
    case Kind::String:
      if (tensor->type != OipType::Bytes) break;
      out.values = tensor->text.empty() ? static_cast<const void*>(kNothing) : tensor->text.data();
      out.offsets = tensor->offsets.data();
      out.wideOffsets = true;
      return {};
    default: break;
  }
  return fmt::format("input \"{}\" is {}; {} is sent as {}", name, oipTypeName(tensor->type), toString(type.present()),
                     oipTypeName(oipTypeOf(type)));
}

// A bit for each value of a BOOL tensor.
const uint8_t* OipBatch::bitsOf(const OipTensor& tensor) {
  std::vector<uint8_t>& bits = bitmaps_.emplace_back(tensor.bools.size() / 8 + 1);
  for (size_t i = 0; i < tensor.bools.size(); ++i) setBit(bits.data(), i, tensor.bools[i] != 0);
  return bits.data();
}

std::string OipBatch::buildOffsets(const std::string& name, int64_t rows, const int64_t*& out, int64_t& elements) {
  const OipTensor* tensor = find(name);
  if (tensor == nullptr) return fmt::format("input \"{}\" is missing", name);
  if (!isInteger(tensor->type)) return fmt::format("input \"{}\" is {}, not INT64", name, oipTypeName(tensor->type));
  const std::vector<int64_t>& values = tensor->integers;
  if (tensor->elements == 0 || tensor->elements - 1 != rows)
    return fmt::format("input \"{}\" has {} elements; for {} rows it has one more than rows", name, tensor->elements,
                       rows);
  if (values.front() != 0) return fmt::format("input \"{}\" begins with {}, not with 0", name, values.front());
  if (!std::ranges::is_sorted(values))
    return fmt::format("input \"{}\" descends: each offset is at least the one before", name);
  out = values.data();
  elements = values.back();
  return {};
}

std::string OipBatch::buildValid(const Field& field, int64_t rows, ColumnData& out) {
  const std::string& name = field.names->valid;
  const OipTensor* tensor = name.empty() ? nullptr : find(name);
  if (tensor == nullptr) return {};
  const uint8_t*& bitmap = valid_[field.names->owner];
  if (bitmap == nullptr) {
    if (tensor->type != OipType::Bool)
      return fmt::format("input \"{}\" is {}, not BOOL", name, oipTypeName(tensor->type));
    if (tensor->elements != rows)
      return fmt::format("input \"{}\" has {} elements, not {}", name, tensor->elements, rows);
    bitmap = bitsOf(*tensor);
  }
  out.validity = bitmap;
  return {};
}

// A mistyped name would leave its field out. Where something else is wrong too, tensors of fields may be unused for
// that.
void OipBatch::addUnused(OipProblems& problems) const {
  std::vector<OipTensorInfo> known;
  std::vector<std::string_view> names;
  const bool isWrong = !problems.empty();
  for (const auto& [name, tensor] : tensors_) {
    if (tensor.used) continue;
    if (problems.isFull()) return problems.addMore();
    if (known.empty()) {
      known = oipInputs(schema_);
      for (const OipTensorInfo& info : known) names.emplace_back(info.name);
    }
    auto isKnown = [&](std::string_view text) { return std::ranges::find(names, text) != names.end(); };
    if (isWrong && (isKnown(name) || isKnown(withoutScope(name)))) continue;
    std::optional<std::string> near = nearestName(name, names);
    problems.add(fmt::format(
        "input \"{}\" belongs to no field: {}", name,
        near ? fmt::format("did you mean \"{}\"?", *near) : std::string("the model's metadata list all inputs")));
  }
}

}  // namespace featc
