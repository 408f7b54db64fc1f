// SPDX-License-Identifier: Apache-2.0
// An inference request of the Open Inference Protocol v2 over HTTP: JSON, with tensors in it or, by the binary-data
// extension, behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace featc {

enum class OipType : uint8_t { Bool, Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Fp32, Fp64, Bytes };

std::string_view oipTypeName(OipType type);
std::optional<OipType> parseOipType(std::string_view name);

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

// An output that the caller asks for.
struct OipWanted {
  std::string name;
  std::optional<bool> binary;  // empty: as `binaryOutputs` says
};

struct OipRequest {
  std::string id;
  std::optional<int64_t> timeout;  // microseconds
  bool binaryOutputs = false;
  std::vector<OipTensor> inputs;
  std::vector<OipWanted> outputs;  // empty: all
};

// Reads a body whose first `jsonBytes` are the JSON; without binary data that is all of it. Empty, or what is wrong.
std::string parseOipRequest(std::string_view body, size_t jsonBytes, OipRequest& out);

// The most tensors that a request may have.
inline constexpr size_t kMostOipTensors = 4096;

}  // namespace featc
