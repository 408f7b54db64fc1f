// SPDX-License-Identifier: Apache-2.0
// What goes into a network and comes out of it: tensors with names, types and shapes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace featc {

enum class TensorType : uint8_t { Float32, Int64, Other };

// An input or output of a network, as the network declares it.
struct TensorInfo {
  std::string name;
  TensorType type = TensorType::Other;
  std::string typeName;        // `f32`, `i64`, `string`
  bool anyRank = false;        // `shape` is unknown
  std::vector<int64_t> shape;  // -1: any size
};

// Values in row-major order that somebody else owns.
struct TensorSpan {
  TensorType type = TensorType::Float32;
  std::span<const int64_t> shape;
  const void* data = nullptr;
};

// An output of a network: float32 or int64. Networks with other numbers have them converted.
struct Tensor {
  TensorType type = TensorType::Float32;
  std::vector<int64_t> shape;
  std::vector<float> floats;  // of Float32
  std::vector<int64_t> ints;  // of Int64
};

// `f32 [?, 16]`
std::string tensorText(std::string_view typeName, std::span<const int64_t> shape, bool anyRank = false);
std::string tensorText(const TensorInfo& info);

}  // namespace featc
