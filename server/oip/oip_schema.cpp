// SPDX-License-Identifier: Apache-2.0
#include "server/oip/oip_schema.h"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "support/json_quote.h"

namespace featc {

namespace {

// The tensors of a value of `type` whose offsets at `level` are named after `owner`.
void addValue(const std::string& base, const std::string& owner, Type type, int level, const OipTensorInfo& like,
              std::vector<OipTensorInfo>& out) {
  auto add = [&](std::string name, OipType tensorType) {
    OipTensorInfo info = like;
    info.name = std::move(name);
    info.type = tensorType;
    info.shape = {-1};
    out.push_back(std::move(info));
  };
  if (type.isMap()) {
    add(base + ".keys", oipTypeOf(type.key()));
    addValue(base + ".values", base, type.value(), level + 1, like, out);
    return add(oipOffsetsName(owner, level), OipType::Int64);
  }
  if (type.isList()) {
    addValue(base, base, type.element(), level + 1, like, out);
    return add(oipOffsetsName(owner, level), OipType::Int64);
  }
  add(base, oipTypeOf(type));
}

void appendTensors(std::string& text, const std::vector<OipTensorInfo>& tensors, bool areInputs) {
  for (const OipTensorInfo& tensor : tensors) {
    text += fmt::format(R"({}{{"name": {}, "datatype": "{}", "shape": [{}])", &tensor == tensors.data() ? "" : ", ",
                        jsonQuote(tensor.name), oipTypeName(tensor.type), fmt::join(tensor.shape, ", "));
    if (areInputs)
      text +=
          fmt::format(R"(, "parameters": {{"field": {}, "type": {}, "scope": "{}", "optional": {}}})",
                      jsonQuote(tensor.field), jsonQuote(tensor.fieldType), scopeName(tensor.scope), tensor.optional);
    else
      text += fmt::format(R"(, "parameters": {{"scope": "{}"}})", scopeName(tensor.scope));
    text += '}';
  }
}

// `x`, or `item.x` where the other scope has an `x` too.
std::string nameOf(const ProgramInfo& info, size_t input) {
  const InputInfo& field = info.inputs[input];
  for (const InputInfo& other : info.inputs)
    if (&other != &field && other.scope != field.scope &&
        (other.name == field.name || (!field.structList.empty() && other.structList == field.structList)))
      return field.qualified();
  return field.name;
}

}  // namespace

OipType oipTypeOf(Type scalar) {
  switch (scalar.kind()) {
    case Kind::Bool: return OipType::Bool;
    case Kind::Float64: return OipType::Fp64;
    case Kind::String: return OipType::Bytes;
    default: return OipType::Int64;
  }
}

std::string oipOffsetsName(const std::string& owner, int level) {
  return level == 0 ? owner + ".offsets" : fmt::format("{}.offsets.{}", owner, level);
}

OipFieldNames::OipFieldNames(const InputInfo& field, std::string name_) : name(std::move(name_)) {
  owner = field.structList.empty() ? name : name.substr(0, name.size() - memberName(field).size() - 1);
  Type type = field.type;
  while (type.isList()) type = type.element();
  first = type.isMap() ? name + ".keys" : name;
  valid = owner + ".valid";
}

OipSchema::OipSchema(const ProgramInfo& info) : info_(info) {
  std::unordered_set<std::string> taken;
  for (size_t i = 0; i < info.inputs.size(); ++i) {
    const InputInfo& input = info.inputs[i];
    taken.insert(input.name);
    taken.insert(input.qualified());
    fields_.push_back({OipFieldNames(input, nameOf(info, i)), OipFieldNames(input, input.qualified())});
  }
  for (Field& field : fields_)
    for (OipFieldNames* names : {&field.names, &field.qualified})
      if (taken.contains(names->valid)) names->valid.clear();
}

std::vector<OipTensorInfo> oipInputs(const OipSchema& schema) {
  const ProgramInfo& info = schema.info();
  std::vector<OipTensorInfo> tensors;
  for (size_t i = 0; i < info.inputs.size(); ++i) {
    const InputInfo& field = info.inputs[i];
    OipTensorInfo like;
    like.scope = field.scope;
    like.field = field.qualified();
    like.fieldType = toString(field.type);
    like.optional = field.type.nullable();
    // Members share the offsets of their list, which the first one shows.
    const auto& [name, owner, first, valid] = schema.fields()[i].names;
    const bool isFirst = structListOf(info.inputs, i).first == i;
    std::vector<OipTensorInfo> own;
    addValue(name, owner, field.type, 0, like, own);
    for (OipTensorInfo& tensor : own)
      if (isFirst || tensor.name != owner + ".offsets") tensors.push_back(std::move(tensor));
    if (!like.optional || !isFirst) continue;
    like.name = owner + ".valid";
    like.type = OipType::Bool;
    like.shape = {-1};
    tensors.push_back(std::move(like));
  }
  OipTensorInfo offsets;
  offsets.name = kItemOffsets;
  offsets.shape = {-1};
  offsets.scope = Scope::Request;
  offsets.field = kItemOffsets;
  offsets.fieldType = "int64";
  offsets.optional = true;
  tensors.push_back(std::move(offsets));
  return tensors;
}

std::vector<OipTensorInfo> oipOutputs(const ProgramInfo& info) {
  std::vector<OipTensorInfo> tensors;
  for (const OutputInfo& output : info.outputs) {
    OipTensorInfo tensor;
    tensor.scope = output.scope == Scope::Item ? Scope::Item : Scope::Request;
    auto add = [&](std::string name, OipType type, std::vector<int64_t> shape) {
      tensor.name = std::move(name);
      tensor.type = type;
      tensor.shape = std::move(shape);
      tensors.push_back(tensor);
    };
    const bool isGroup = !output.group.empty();
    if (output.kind == OutputKind::Dense) {
      add(output.name, OipType::Fp32,
          output.width == 1 ? std::vector<int64_t>{-1} : std::vector<int64_t>{-1, int64_t{output.width}});
    } else {
      add(output.name, OipType::Uint64, {-1});
      if (output.hasWeights()) add(output.name + ".weights", OipType::Fp32, {-1});
    }
    const bool isRagged = output.kind == OutputKind::Sequence || output.hasSeveralIds();
    if (isGroup || (output.kind != OutputKind::Dense && isRagged)) add(output.name + ".offsets", OipType::Int64, {-1});
    if (isGroup && output.hasSeveralIds()) add(output.name + ".offsets.1", OipType::Int64, {-1});
  }
  return oipOutputs(std::move(tensors));
}

OipTensorInfo oipScoreOutput(std::string name, OipType type, int64_t width) {
  OipTensorInfo tensor;
  tensor.name = std::move(name);
  tensor.type = type;
  tensor.shape = width == 1 ? std::vector<int64_t>{-1} : std::vector<int64_t>{-1, width};
  return tensor;
}

std::vector<OipTensorInfo> oipOutputs(std::vector<OipTensorInfo> scores) {
  scores.push_back(oipScoreOutput(std::string(kStatus), OipType::Int32, 1));
  return scores;
}

std::string oipMetadata(const OipSchema& schema, const std::vector<OipTensorInfo>& outputs, std::string_view name,
                        std::string_view version, std::string_view fingerprint) {
  std::string text = fmt::format(R"({{"name": {}, "versions": ["{}"], "platform": "{}", "inputs": [)", jsonQuote(name),
                                 version, kOipPlatform);
  appendTensors(text, oipInputs(schema), true);
  text += R"(], "outputs": [)";
  appendTensors(text, outputs, false);
  text += fmt::format(R"(], "parameters": {{"fingerprint": "{}"}}}})", fingerprint);
  return text + "\n";
}

}  // namespace featc
