// SPDX-License-Identifier: Apache-2.0
// Tensors of the Open Inference Protocol v2, whichever form a request has: their types, and values that come as bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace featc {

enum class OipType : uint8_t { Bool, Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Fp32, Fp64, Bytes };

inline constexpr std::array<std::string_view, 12> kOipTypeNames = {
    "BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP32", "FP64", "BYTES"};

inline std::string_view oipTypeName(OipType type) { return kOipTypeNames[static_cast<size_t>(type)]; }
// Bytes of a value; 0: values have a length each.
size_t oipTypeWidth(OipType type);

// A tensor whose values are in one of the vectors, in order, whatever its shape.
struct OipTensor {
  std::string name;
  OipType type = OipType::Int64;
  std::vector<int64_t> shape;
  int64_t elements = 0;  // the product of the shape

  std::vector<uint8_t> bools;     // Bool
  std::vector<int64_t> integers;  // of any width; of Uint64 the 64 bits
  std::vector<double> floats;     // Fp32, Fp64
  // Bytes: element i is text[offsets[i]] .. text[offsets[i + 1] - 1].
  std::string text;
  std::vector<int64_t> offsets;
};

// The following give the empty text, or what is wrong.

// What is wrong with a tensor, with its name.
std::string oipTensorProblem(const OipTensor& tensor, std::string_view what);
std::string setOipType(std::string_view name, OipTensor& tensor);
std::string setOipShape(std::vector<int64_t> shape, OipTensor& tensor);
// Values as they stand in memory, little endian, one behind another; each text behind its length, four bytes. The type
// and the shape are there already.
std::string setOipBytes(std::string_view bytes, OipTensor& tensor);
inline bool isSignedOipType(OipType type) { return type >= OipType::Int8 && type <= OipType::Int64; }
// Whether an integer is one of the type's; of unsigned types `value` has the bits.
bool oipTypeHolds(OipType type, int64_t value);

// The most tensors that a request may have, and dimensions of each.
inline constexpr size_t kMostOipTensors = 4096;
inline constexpr size_t kMostOipDimensions = 8;

}  // namespace featc
