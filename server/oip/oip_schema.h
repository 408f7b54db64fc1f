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
#include "server/oip/oip_tensor.h"

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

// A field's tensors, by one of its names.
struct OipFieldNames {
  OipFieldNames(const InputInfo& field, std::string name);

  std::string name;   // `x`, or `item.x` where `x` alone could be two fields
  std::string owner;  // that its offsets are named after: `visits` of a member `visits.ts`, else `name`
  std::string first;  // without which the field is not there: `x`, of a map `x.keys`
  std::string valid;  // `x.valid`; empty: a field of its own is called so
};

// The names of a config's fields, found out once for all requests.
class OipSchema {
 public:
  // `info` must outlive it.
  explicit OipSchema(const ProgramInfo& info);

  struct Field {
    OipFieldNames names;      // as the metadata have them
    OipFieldNames qualified;  // with its scope
  };
  const ProgramInfo& info() const { return info_; }
  const std::vector<Field>& fields() const { return fields_; }  // by input

 private:
  const ProgramInfo& info_;
  std::vector<Field> fields_;
};

// `x.offsets`, or of lists within lists and maps `x.offsets.1`.
std::string oipOffsetsName(const std::string& owner, int level);
// What a field's or an element's values are sent as.
OipType oipTypeOf(Type scalar);

std::vector<OipTensorInfo> oipInputs(const OipSchema& schema);
// The outputs' tensors, and `status`.
std::vector<OipTensorInfo> oipOutputs(const ProgramInfo& info);

// Of a column of scores: `width` numbers an item.
OipTensorInfo oipScoreOutput(std::string name, OipType type, int64_t width);
// What a model's version gives, `status` behind its scores.
std::vector<OipTensorInfo> oipOutputs(std::vector<OipTensorInfo> scores);

// The answer to GET /v2/models/NAME.
std::string oipMetadata(const OipSchema& schema, const std::vector<OipTensorInfo>& outputs, std::string_view name,
                        std::string_view version, std::string_view fingerprint);

// What the server says of itself and of its models.
inline constexpr std::string_view kOipPlatform = "featc";
inline constexpr std::string_view kOipExtension = "binary_tensor_data";
inline constexpr std::string_view kItemOffsets = "item_offsets";
inline constexpr std::string_view kStatus = "status";

}  // namespace featc
