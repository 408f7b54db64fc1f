// SPDX-License-Identifier: Apache-2.0
// What the numbers of a table's rows are, and how rows of several ids become one.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace featc {

enum class RowType : uint8_t { Float32 = 0, BFloat16 = 1 };
enum class Combiner : uint8_t { Sum = 0, Mean = 1 };

// As manifests and options write them: `float32`, `bfloat16`; `sum`, `mean`.
std::string_view rowTypeName(RowType type);
std::optional<RowType> parseRowType(std::string_view name);
std::string_view combinerName(Combiner combiner);
std::optional<Combiner> parseCombiner(std::string_view name);

constexpr size_t numberBytes(RowType type) { return type == RowType::Float32 ? 4 : 2; }
constexpr size_t rowBytes(RowType type, uint32_t dim) { return numberBytes(type) * dim; }

// The nearest bfloat16, of two the even one. A finite number beyond the largest bfloat16 becomes infinite.
constexpr uint16_t toBFloat16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return static_cast<uint16_t>(bits >> 16U | 0x40U);
  return static_cast<uint16_t>((bits + 0x7FFFU + (bits >> 16U & 1U)) >> 16U);
}
constexpr float fromBFloat16(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16U); }

// `dim` numbers in the table's type, and back.
void encodeRow(RowType type, const float* row, uint32_t dim, std::byte* out);
void decodeRow(RowType type, const std::byte* row, uint32_t dim, float* out);

}  // namespace featc
