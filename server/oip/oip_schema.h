// SPDX-License-Identifier: Apache-2.0
// Which tensors of the Open Inference Protocol a config's fields and outputs are.
//
// A field `x` is the tensor `x`; where the request and the item each have an `x`, they are `request.x` and `item.x`,
// which are understood everywhere. A list is flat, with `x.offsets`; a list of lists has `x.offsets.1` besides; a map
// is `x.keys` and `x.values`; a list of structs has its members' tensors and one `visits.offsets`. Rows without a value
// are 0 in `x.valid`. What has no row of its own is told by the offsets alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program_info.h"
#include "server/oip/oip_request.h"

namespace featc {

// A tensor of a config, as the metadata name it.
struct OipTensorInfo {
  std::string name;
  OipType type = OipType::Int64;
  std::vector<int64_t> shape;  // -1: any
  // Of inputs, of the field that it belongs to.
  Scope scope = Scope::Item;
  std::string field;      // `item.price`
  std::string fieldType;  // as the config has it: `list<string>?`
  bool optional = false;  // the request may leave it out
};

// What a field's tensors are called: `x`, or `item.x` where `x` alone could be two fields.
std::string oipNameOf(const ProgramInfo& info, size_t input);
// Of a member of a list of structs, what the list's offsets are named after: `visits` of `visits.ts`; else `name`
// itself.
std::string oipOwnerOf(const InputInfo& field, const std::string& name);
// `x.offsets`, or of lists within lists and maps `x.offsets.1`.
std::string oipOffsetsName(const std::string& owner, int level);
// What a field's or an element's values are sent as.
OipType oipTypeOf(Type scalar);

std::vector<OipTensorInfo> oipInputs(const ProgramInfo& info);
// The outputs' tensors, and `status`.
std::vector<OipTensorInfo> oipOutputs(const ProgramInfo& info);

// Of a column of scores: `width` numbers an item.
OipTensorInfo oipScoreOutput(std::string name, OipType type, int64_t width);
// What a model's version gives, `status` behind its scores.
std::vector<OipTensorInfo> oipOutputs(std::vector<OipTensorInfo> scores);

// The answer to GET /v2/models/NAME.
std::string oipMetadata(const ProgramInfo& info, const std::vector<OipTensorInfo>& outputs, std::string_view name,
                        std::string_view version, std::string_view fingerprint);

inline constexpr std::string_view kItemOffsets = "item_offsets";
inline constexpr std::string_view kStatus = "status";

}  // namespace featc
