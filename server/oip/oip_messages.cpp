// SPDX-License-Identifier: Apache-2.0
#include "server/oip/oip_messages.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>

#include "server/oip/protobuf.h"

namespace featc {

namespace {

using Wire = ProtobufReader::Wire;

std::string damaged(std::string_view message) {
  return fmt::format("the message is not a {}: see open_inference.proto", message);
}

bool isText(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

// The fields of InferTensorContents, from 1.
constexpr std::array<std::string_view, 8> kContents = {"bool_contents", "int_contents",    "int64_contents",
                                                       "uint_contents", "uint64_contents", "fp32_contents",
                                                       "fp64_contents", "bytes_contents"};

uint32_t contentsField(OipType type) {
  switch (type) {
    case OipType::Bool: return 1;
    case OipType::Int8:
    case OipType::Int16:
    case OipType::Int32: return 2;
    case OipType::Int64: return 3;
    case OipType::Uint8:
    case OipType::Uint16:
    case OipType::Uint32: return 4;
    case OipType::Uint64: return 5;
    case OipType::Fp32: return 6;
    case OipType::Fp64: return 7;
    case OipType::Bytes: return 8;
  }
  return 0;
}

// Reads an InferInputTensor.
class TensorReader {
 public:
  explicit TensorReader(OipTensor& tensor) : tensor_(tensor) {}

  // `raw`: the values, where the request has them as bytes.
  std::string read(std::string_view message, const std::string_view* raw) {
    std::string_view type;
    std::vector<int64_t> shape;
    std::vector<std::string_view> contents;
    ProtobufReader reader(message);
    auto addSize = [&](uint64_t count) {
      // One too many is enough to refuse it.
      if (shape.size() <= kMostOipDimensions) shape.push_back(static_cast<int64_t>(count));
      return true;
    };
    while (reader.next()) {
      if (reader.field() == 1) tensor_.name = reader.bytes();
      if (reader.field() == 2) type = reader.bytes();
      if (reader.field() == 3 && !reader.varints(addSize)) return damaged(kName);
      if (reader.field() == 5) contents.push_back(reader.bytes());
    }
    if (reader.failed()) return damaged(kName);
    if (tensor_.name.empty()) return "an input has no \"name\"";
    if (!isText(tensor_.name)) return "an input's \"name\" is not UTF-8";
    if (std::string problem = setOipType(type, tensor_); !problem.empty()) return problem;
    if (std::string problem = setOipShape(std::move(shape), tensor_); !problem.empty()) return problem;
    if (raw != nullptr) {
      if (!contents.empty()) return fail("it has contents, and the request raw_input_contents: send one of them");
      return setOipBytes(*raw, tensor_);
    }
    if (tensor_.type == OipType::Bytes) tensor_.offsets.push_back(0);
    for (std::string_view part : contents)
      if (std::string problem = readContents(part); !problem.empty()) return problem;
    if (count_ == tensor_.elements) return {};
    return fail(fmt::format("its shape has {} elements and its {} {}", tensor_.elements,
                            kContents[contentsField(tensor_.type) - 1], count_));
  }

 private:
  static constexpr std::string_view kName = "ModelInferRequest";

  std::string fail(std::string_view what) const { return oipTensorProblem(tensor_, what); }

  std::string readContents(std::string_view message) {
    const uint32_t wanted = contentsField(tensor_.type);
    ProtobufReader reader(message);
    while (reader.next()) {
      const uint32_t field = reader.field();
      if (field > kContents.size()) continue;
      if (field != wanted)
        return fail(fmt::format("it has {}; {} is sent as {} or raw_input_contents", kContents[field - 1],
                                oipTypeName(tensor_.type), kContents[wanted - 1]));
      if (readValues(reader)) continue;
      if (!problem_.empty()) return fail(problem_);
      return damaged(kName);
    }
    return reader.failed() ? damaged(kName) : std::string();
  }

  bool readValues(const ProtobufReader& reader) {
    switch (tensor_.type) {
      case OipType::Bool:
        return reader.varints([&](uint64_t value) {
          tensor_.bools.push_back(value != 0 ? 1 : 0);
          return counted();
        });
      case OipType::Fp32:
        return reader.fixed<float>([&](float value) {
          tensor_.floats.push_back(static_cast<double>(value));
          return counted();
        });
      case OipType::Fp64:
        return reader.fixed<double>([&](double value) {
          tensor_.floats.push_back(value);
          return counted();
        });
      case OipType::Bytes:
        if (reader.wire() != Wire::Bytes) return false;
        tensor_.text += reader.bytes();
        tensor_.offsets.push_back(static_cast<int64_t>(tensor_.text.size()));
        return counted();
      default:
        return reader.varints([&](uint64_t value) {
          const auto integer = static_cast<int64_t>(value);
          if (!oipTypeHolds(tensor_.type, integer)) {
            problem_ = fmt::format("element {} is {}, not {}", count_, integer, oipTypeName(tensor_.type));
            return false;
          }
          tensor_.integers.push_back(integer);
          return counted();
        });
    }
  }

  // False: there are more values than the shape says, however many they are.
  bool counted() {
    if (++count_ <= tensor_.elements) return true;
    problem_ = fmt::format("its data have more elements than its shape, {}", tensor_.elements);
    return false;
  }

  OipTensor& tensor_;
  int64_t count_ = 0;
  std::string problem_;
};

// An entry of `parameters`: its name and an InferParameter.
std::string readParameter(std::string_view entry, OipRequest& out) {
  std::string_view name;
  OipParameter value;
  ProtobufReader reader(entry);
  while (reader.next()) {
    if (reader.field() == 1) name = reader.bytes();
    if (reader.field() != 2) continue;
    ProtobufReader choice(reader.bytes());
    while (choice.next()) {
      value = std::monostate();
      if (choice.wire() != Wire::Varint) continue;
      const auto number = static_cast<int64_t>(choice.number());
      if (choice.field() == 1) value = number != 0;
      // `uint64_param` as `int64_param`, unless it is larger.
      if (choice.field() == 2 || (choice.field() == 5 && number >= 0)) value = number;
    }
    if (choice.failed()) return damaged("ModelInferRequest");
  }
  if (reader.failed()) return damaged("ModelInferRequest");
  return setOipParameter(name, value, out);
}

std::string readWanted(std::string_view message, OipRequest& out) {
  OipWanted wanted;
  ProtobufReader reader(message);
  while (reader.next())
    if (reader.field() == 1) wanted.name = reader.bytes();
  if (reader.failed()) return damaged("ModelInferRequest");
  if (wanted.name.empty()) return "an output has no \"name\"";
  if (!isText(wanted.name)) return "an output's \"name\" is not UTF-8";
  out.outputs.push_back(std::move(wanted));
  return {};
}

std::string packed(std::span<const int64_t> numbers) {
  std::string text;
  ProtobufWriter writer(text);
  for (int64_t number : numbers) writer.varint(static_cast<uint64_t>(number));
  return text;
}

// InferTensorContents of an output.
std::string contentsOf(const OipAnswerTensor& tensor) {
  std::string values;
  ProtobufWriter writer(values);
  auto each = [&]<class T>(T /*type*/) {
    for (size_t at = 0; at < tensor.bytes.size(); at += sizeof(T)) {
      T value;
      std::memcpy(&value, tensor.bytes.data() + at, sizeof value);
      writer.varint(static_cast<uint64_t>(value));
    }
  };
  switch (tensor.type) {
    case OipType::Int32: each(int32_t{}); break;
    case OipType::Int64: each(int64_t{}); break;
    case OipType::Uint64: each(uint64_t{}); break;
    default: values = tensor.bytes; break;  // packed floats stand as in memory
  }
  std::string contents;
  ProtobufWriter(contents).text(contentsField(tensor.type), values);
  return contents;
}

template <class Tensor>
std::string headOf(const Tensor& tensor) {
  std::string head;
  ProtobufWriter writer(head);
  writer.text(1, tensor.name);
  writer.text(2, oipTypeName(tensor.type));
  writer.text(3, packed(tensor.shape));
  return head;
}

}  // namespace

std::string readOipModelName(std::string_view message, std::string_view& name, std::string_view& version) {
  // As many as a request may have, and some of later versions: who reads this has no time for more.
  constexpr size_t kMostFields = 4 * kMostOipTensors;
  ProtobufReader reader(message);
  for (size_t count = 0; reader.next(); ++count) {
    if (count == kMostFields) return fmt::format("the message has more than {} fields", kMostFields);
    if (reader.field() == 1) name = reader.bytes();
    if (reader.field() == 2) version = reader.bytes();
  }
  if (reader.failed()) return damaged("message of the Open Inference Protocol");
  if (name.empty()) return "the message has no name of a model";
  return isText(name) && isText(version) ? "" : "the model's name or version is not UTF-8";
}

std::string parseOipMessage(std::string_view message, OipRequest& out) {
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> raw;
  std::vector<std::string_view> parameters;
  ProtobufReader reader(message);
  while (reader.next()) {
    std::string problem;
    switch (reader.field()) {
      case 3: out.id = reader.bytes(); break;
      case 4: parameters.push_back(reader.bytes()); break;
      case 5: inputs.push_back(reader.bytes()); break;
      case 6:
        if (out.outputs.size() == kMostOipTensors)
          return fmt::format("there are more than {} outputs", kMostOipTensors);
        problem = readWanted(reader.bytes(), out);
        break;
      case 7: raw.push_back(reader.bytes()); break;
      default: break;
    }
    if (!problem.empty()) return problem;
    if (inputs.size() > kMostOipTensors) return fmt::format("there are more than {} inputs", kMostOipTensors);
  }
  if (reader.failed()) return damaged("ModelInferRequest");
  if (!isText(out.id)) return "\"id\" is not UTF-8";
  if (!raw.empty() && raw.size() != inputs.size())
    return fmt::format("there are {} raw_input_contents and {} inputs: send one for each input, in their order",
                       raw.size(), inputs.size());
  out.binaryOutputs = !raw.empty();
  for (std::string_view entry : parameters)
    if (std::string problem = readParameter(entry, out); !problem.empty()) return problem;
  for (size_t i = 0; i < inputs.size(); ++i) {
    OipTensor& tensor = out.inputs.emplace_back();
    if (std::string problem = TensorReader(tensor).read(inputs[i], raw.empty() ? nullptr : &raw[i]); !problem.empty())
      return problem;
  }
  return {};
}

std::string oipMessage(const OipAnswer& answer, bool raw) {
  std::string message;
  constexpr size_t kHeadBytes = 64;  // of a tensor or of the answer, about
  size_t bytes = kHeadBytes;
  for (const OipAnswerTensor& tensor : answer.tensors) bytes += kHeadBytes + tensor.name.size() + tensor.bytes.size();
  message.reserve(bytes);
  ProtobufWriter writer(message);
  writer.text(1, answer.head.model);
  writer.text(2, answer.head.version);
  writer.text(3, answer.id);
  for (const auto& [name, value] : answer.head.parameters) {
    std::string parameter;
    ProtobufWriter(parameter).bytes(3, value);
    std::string entry;
    ProtobufWriter(entry).text(1, name);
    ProtobufWriter(entry).bytes(2, parameter);
    writer.bytes(4, entry);
  }
  for (const OipAnswerTensor& tensor : answer.tensors) {
    std::string output = headOf(tensor);
    if (!raw) ProtobufWriter(output).bytes(5, contentsOf(tensor));
    writer.bytes(5, output);
  }
  if (raw)
    for (const OipAnswerTensor& tensor : answer.tensors) writer.bytes(6, tensor.bytes);
  return message;
}

std::string oipFlagMessage(bool flag) {
  std::string message;
  ProtobufWriter(message).number(1, flag ? 1 : 0);
  return message;
}

std::string oipServerMessage(std::string_view version) {
  std::string message;
  ProtobufWriter writer(message);
  writer.text(1, kOipPlatform);
  writer.text(2, version);
  writer.bytes(3, kOipExtension);
  return message;
}

std::string oipMetadataMessage(const OipSchema& schema, const std::vector<OipTensorInfo>& outputs,
                               std::string_view name, std::string_view version) {
  std::string message;
  ProtobufWriter writer(message);
  writer.text(1, name);
  writer.bytes(2, version);
  writer.text(3, kOipPlatform);
  for (const OipTensorInfo& tensor : oipInputs(schema)) writer.bytes(4, headOf(tensor));
  for (const OipTensorInfo& tensor : outputs) writer.bytes(5, headOf(tensor));
  return message;
}

bool readHealthCheck(std::string_view message, std::string_view& name) {
  ProtobufReader reader(message);
  while (reader.next())
    if (reader.field() == 1) name = reader.bytes();
  return !reader.failed() && isText(name);
}

std::string healthMessage(bool serves) {
  constexpr uint64_t kServing = 1;
  constexpr uint64_t kNotServing = 2;
  std::string message;
  ProtobufWriter(message).number(1, serves ? kServing : kNotServing);
  return message;
}

}  // namespace featc
