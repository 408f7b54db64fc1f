// SPDX-License-Identifier: Apache-2.0
// How outputs of a config reach inputs of a network: by name, or as binding.toml says. docs/scoring.md has the rules.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/program_info.h"
#include "server/model/binding_file.h"
#include "server/scorer/tensor.h"
#include "support/error.h"

namespace featc {

// The input that says which request an item belongs to.
inline constexpr const char* kRequestOfItem = "request_of_item";

// What an output becomes in a tensor.
enum class BoundKind : uint8_t {
  Dense,          // float32: its numbers
  Embedding,      // float32: rows of its table
  Payload,        // int64: ids without their slots, -1 for none
  Length,         // int64: how many elements a sequence or a group has
  RequestOfItem,  // int64: the row of the item's request among rows a request
};

struct BoundPart {
  BoundKind kind = BoundKind::Dense;
  uint32_t output = 0;  // of ProgramInfo::outputs; of a group's length any of the group's
  uint32_t width = 1;   // numbers a row, or an element
  uint32_t length = 0;  // elements a row; 0: not a sequence

  bool isFloat() const { return kind == BoundKind::Dense || kind == BoundKind::Embedding; }
};

// One input of the network: its parts side by side, row by row and, of sequences, element by element.
struct BoundInput {
  TensorType type = TensorType::Float32;
  bool perRequest = false;
  std::vector<BoundPart> parts;
  uint32_t width = 0;   // of all parts
  uint32_t length = 0;  // of each part
  // Of the tensor, behind the rows. It has as many numbers as a row.
  std::vector<int64_t> rowShape;

  size_t rowSize() const { return size_t{width} * (length == 0 ? 1 : length); }
};

// A column of scores: an output of the network whose rows are the items.
struct BoundOutput {
  std::string name;   // `score`, and for others the network's name
  size_t output = 0;  // of the network
};

struct Binding {
  std::vector<BoundInput> inputs;    // as the network has them
  std::vector<BoundOutput> outputs;  // the score first
};

// `tableDims` has for each output of the config the numbers of a row of its table, 0 without a table. Fails with
// BadModel; the message has a line for each thing that does not fit, and what to do about it.
Expected<Binding> bindNetwork(const ProgramInfo& info, std::span<const uint32_t> tableDims, const BindingFile& file,
                              std::span<const TensorInfo> inputs, std::span<const TensorInfo> outputs);

}  // namespace featc
