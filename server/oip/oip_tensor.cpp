// SPDX-License-Identifier: Apache-2.0
#include "server/oip/oip_tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace featc {

static_assert(std::endian::native == std::endian::little, "tensors are read as they come");

namespace {

template <class From, class To>
void copy(std::string_view bytes, std::vector<To>& to) {
  to.resize(bytes.size() / sizeof(From));
  if constexpr (std::is_same_v<From, To>) {
    if (!bytes.empty()) std::memcpy(to.data(), bytes.data(), bytes.size());
  } else {
    for (size_t i = 0; i < to.size(); ++i) {
      From value;
      std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof value);
      to[i] = static_cast<To>(value);
    }
  }
}

std::string setTexts(std::string_view bytes, OipTensor& tensor) {
  tensor.offsets.push_back(0);
  int64_t count = 0;
  while (!bytes.empty()) {
    uint32_t length = 0;
    if (bytes.size() < sizeof length) return oipTensorProblem(tensor, "its binary data end within a length");
    std::memcpy(&length, bytes.data(), sizeof length);
    bytes.remove_prefix(sizeof length);
    if (length > bytes.size())
      return oipTensorProblem(tensor, fmt::format("element {} is longer than its binary data", count));
    tensor.text += bytes.substr(0, length);
    tensor.offsets.push_back(static_cast<int64_t>(tensor.text.size()));
    bytes.remove_prefix(length);
    ++count;
  }
  if (count == tensor.elements) return {};
  return oipTensorProblem(tensor,
                          fmt::format("its shape has {} elements and its binary data {}", tensor.elements, count));
}

}  // namespace

size_t oipTypeWidth(OipType type) {
  constexpr std::array<size_t, 12> kWidths = {1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8, 0};
  return kWidths[static_cast<size_t>(type)];
}

std::string oipTensorProblem(const OipTensor& tensor, std::string_view what) {
  return fmt::format("input \"{}\": {}", tensor.name, what);
}

std::string setOipType(std::string_view name, OipTensor& tensor) {
  const auto* found = std::ranges::find(kOipTypeNames, name);
  if (found == kOipTypeNames.end())
    return oipTensorProblem(tensor, fmt::format("its \"datatype\" is none of {}", fmt::join(kOipTypeNames, ", ")));
  tensor.type = static_cast<OipType>(found - kOipTypeNames.begin());
  return {};
}

std::string setOipShape(std::vector<int64_t> shape, OipTensor& tensor) {
  if (shape.size() > kMostOipDimensions)
    return oipTensorProblem(tensor, fmt::format("its \"shape\" has more than {} dimensions", kMostOipDimensions));
  tensor.elements = 1;
  for (int64_t count : shape) {
    if (count < 0) return oipTensorProblem(tensor, "its \"shape\" has something else than whole numbers from 0");
    if (__builtin_mul_overflow(tensor.elements, count, &tensor.elements))
      return oipTensorProblem(tensor, "its \"shape\" has too many elements");
  }
  tensor.shape = std::move(shape);
  return {};
}

std::string setOipBytes(std::string_view bytes, OipTensor& tensor) {
  if (tensor.type == OipType::Bytes) return setTexts(bytes, tensor);
  const size_t width = oipTypeWidth(tensor.type);
  // No product, which may be too large.
  if (bytes.size() % width != 0 || static_cast<uint64_t>(tensor.elements) != bytes.size() / width)
    return oipTensorProblem(tensor, fmt::format("its shape has {} elements of {} bytes and its binary data {} bytes",
                                                tensor.elements, width, bytes.size()));
  switch (tensor.type) {
    case OipType::Bool:
      for (char c : bytes) tensor.bools.push_back(c != 0 ? 1 : 0);
      break;
    case OipType::Int8: copy<int8_t>(bytes, tensor.integers); break;
    case OipType::Int16: copy<int16_t>(bytes, tensor.integers); break;
    case OipType::Int32: copy<int32_t>(bytes, tensor.integers); break;
    case OipType::Uint8: copy<uint8_t>(bytes, tensor.integers); break;
    case OipType::Uint16: copy<uint16_t>(bytes, tensor.integers); break;
    case OipType::Uint32: copy<uint32_t>(bytes, tensor.integers); break;
    case OipType::Int64:
    case OipType::Uint64: copy<int64_t>(bytes, tensor.integers); break;
    case OipType::Fp32: copy<float>(bytes, tensor.floats); break;
    case OipType::Fp64: copy<double>(bytes, tensor.floats); break;
    case OipType::Bytes: break;
  }
  return {};
}

bool oipTypeHolds(OipType type, int64_t value) {
  const size_t bits = oipTypeWidth(type) * 8;
  if (bits >= 64) return true;
  if (!isSignedOipType(type)) return static_cast<uint64_t>(value) < uint64_t{1} << bits;
  return value >= -(int64_t{1} << (bits - 1)) && value < int64_t{1} << (bits - 1);
}

}  // namespace featc
