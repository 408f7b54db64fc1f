// SPDX-License-Identifier: Apache-2.0
#include "server/oip/oip_request.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <new>
#include <utility>

#include "support/json_document.h"
#include "support/json_quote.h"

namespace featc {

namespace dom = simdjson::dom;

namespace {

// Reads the members of one tensor, then its values, wherever they are.
class TensorReader {
 public:
  // `binary` is what is left of the binary data; the tensor takes its part off the front.
  TensorReader(OipTensor& tensor, std::string_view& binary) : tensor_(tensor), binary_(binary) {}

  std::string read(dom::object object) {
    for (auto [key, value] : object)
      if (std::string problem = readMember(key, value); !problem.empty()) return problem;
    if (tensor_.name.empty()) return "an input has no \"name\"";
    if (!hasType_) return fail("it has no \"datatype\"");
    if (!hasShape_) return fail("it has no \"shape\"");
    if (data_ && binaryBytes_) return fail("it has \"data\" and \"binary_data_size\": send one of them");
    if (binaryBytes_) return readBinary();
    if (!data_) return fail("it has no \"data\"");
    reserve();
    if (std::string problem = readData(*data_, 0); !problem.empty()) return problem;
    return count_ == tensor_.elements
               ? std::string()
               : fail(fmt::format("its shape has {} elements and its data {}", tensor_.elements, count_));
  }

 private:
  std::string fail(std::string_view what) const { return oipTensorProblem(tensor_, what); }

  std::string readMember(std::string_view key, dom::element value) {
    if (key == "name") {
      std::string_view name;
      if (value.get_string().get(name) != simdjson::SUCCESS || name.empty())
        return "an input's \"name\" is not a string";
      tensor_.name = name;
    } else if (key == "datatype") {
      std::string_view name;
      if (value.get_string().get(name) != simdjson::SUCCESS) name = {};
      hasType_ = true;
      return setOipType(name, tensor_);
    } else if (key == "shape") {
      return readShape(value);
    } else if (key == "data") {
      data_ = value;
    } else if (key == "parameters") {
      dom::object parameters;
      if (value.get_object().get(parameters) != simdjson::SUCCESS) return fail("its \"parameters\" are not an object");
      for (auto [name, parameter] : parameters) {
        if (name != "binary_data_size") continue;
        uint64_t bytes = 0;
        if (parameter.get_uint64().get(bytes) != simdjson::SUCCESS)
          return fail("its \"binary_data_size\" is not a number of bytes");
        binaryBytes_ = bytes;
      }
    }
    return {};
  }

  std::string readShape(dom::element value) {
    dom::array sizes;
    if (value.get_array().get(sizes) != simdjson::SUCCESS) return fail("its \"shape\" is not a list");
    std::vector<int64_t> shape;
    for (dom::element size : sizes) {
      int64_t count = -1;
      if (size.get_int64().get(count) != simdjson::SUCCESS) count = -1;
      shape.push_back(count);
      if (shape.size() > kMostOipDimensions) break;  // too many, however many more
    }
    hasShape_ = true;
    return setOipShape(std::move(shape), tensor_);
  }

  void reserve() {
    // No more than so many at once: the data may have fewer than the shape says.
    const auto count = static_cast<size_t>(std::min<int64_t>(tensor_.elements, 65'536));
    if (tensor_.type == OipType::Bool)
      tensor_.bools.reserve(count);
    else if (tensor_.type == OipType::Fp32 || tensor_.type == OipType::Fp64)
      tensor_.floats.reserve(count);
    else if (tensor_.type != OipType::Bytes)
      tensor_.integers.reserve(count);
    if (tensor_.type == OipType::Bytes) tensor_.offsets.push_back(0);
  }

  // Lists within lists are read as one: the shape says where rows end.
  std::string readData(dom::element value, int depth) {
    dom::array values;
    if (depth > 8 || value.get_array().get(values) != simdjson::SUCCESS) return fail("its \"data\" is not a list");
    for (dom::element element : values) {
      if (element.is_array()) {
        if (std::string problem = readData(element, depth + 1); !problem.empty()) return problem;
        continue;
      }
      if (count_ == tensor_.elements)
        return fail(fmt::format("its data have more elements than its shape, {}", tensor_.elements));
      if (!readElement(element)) return badElement(element);
      ++count_;
    }
    return {};
  }

  std::string badElement(dom::element element) const {
    std::string text = simdjson::minify(element);
    constexpr size_t kMost = 60;
    if (text.size() > kMost) text = text.substr(0, kMost) + "...";
    std::string hint;
    if (element.is_null())
      hint = fmt::format(": for missing values send a value and the BOOL tensor \"{}.valid\"", tensor_.name);
    return fail(fmt::format("element {} is {}, not {}{}", count_, text, oipTypeName(tensor_.type), hint));
  }

  bool readElement(dom::element element) {
    switch (tensor_.type) {
      case OipType::Bool: {
        bool value = false;
        if (element.get_bool().get(value) != simdjson::SUCCESS) return false;
        tensor_.bools.push_back(value ? 1 : 0);
        return true;
      }
      case OipType::Fp32:
      case OipType::Fp64: {
        double value = 0;
        if (element.get_double().get(value) != simdjson::SUCCESS) return false;
        tensor_.floats.push_back(tensor_.type == OipType::Fp32 ? static_cast<double>(static_cast<float>(value))
                                                               : value);
        return true;
      }
      case OipType::Bytes: {
        std::string_view value;
        if (element.get_string().get(value) != simdjson::SUCCESS) return false;
        tensor_.text += value;
        tensor_.offsets.push_back(static_cast<int64_t>(tensor_.text.size()));
        return true;
      }
      default: return readInteger(element);
    }
  }

  bool readInteger(dom::element element) {
    int64_t value = 0;
    if (isSignedOipType(tensor_.type)) {
      if (element.get_int64().get(value) != simdjson::SUCCESS) return false;
    } else {
      uint64_t bare = 0;
      if (element.get_uint64().get(bare) != simdjson::SUCCESS) return false;
      value = static_cast<int64_t>(bare);
    }
    if (!oipTypeHolds(tensor_.type, value)) return false;
    tensor_.integers.push_back(value);
    return true;
  }

  std::string readBinary() {
    if (*binaryBytes_ > binary_.size())
      return fail(fmt::format("its binary_data_size is {}, and {} bytes are left behind the JSON", *binaryBytes_,
                              binary_.size()));
    std::string_view bytes = binary_.substr(0, *binaryBytes_);
    binary_.remove_prefix(*binaryBytes_);
    return setOipBytes(bytes, tensor_);
  }

  OipTensor& tensor_;
  std::string_view& binary_;
  bool hasType_ = false;
  bool hasShape_ = false;
  std::optional<dom::element> data_;
  std::optional<uint64_t> binaryBytes_;
  int64_t count_ = 0;
};

std::string readParameters(dom::element value, OipRequest& out) {
  dom::object parameters;
  if (value.get_object().get(parameters) != simdjson::SUCCESS) return "\"parameters\" is not an object";
  for (auto [key, parameter] : parameters) {
    OipParameter value;
    if (bool flag = false; parameter.get_bool().get(flag) == simdjson::SUCCESS) value = flag;
    if (int64_t number = 0; parameter.get_int64().get(number) == simdjson::SUCCESS) value = number;
    if (std::string problem = setOipParameter(key, value, out); !problem.empty()) return problem;
  }
  return {};
}

std::string readOutputs(dom::element value, OipRequest& out) {
  dom::array outputs;
  if (value.get_array().get(outputs) != simdjson::SUCCESS) return "\"outputs\" is not a list";
  for (dom::element element : outputs) {
    if (out.outputs.size() == kMostOipTensors) return fmt::format("there are more than {} outputs", kMostOipTensors);
    OipWanted wanted;
    std::string_view name;
    if (element["name"].get_string().get(name) != simdjson::SUCCESS) return "an output has no \"name\"";
    wanted.name = name;
    bool binary = false;
    if (element["parameters"]["binary_data"].get_bool().get(binary) == simdjson::SUCCESS) wanted.binary = binary;
    out.outputs.push_back(std::move(wanted));
  }
  return {};
}

std::string readInputs(dom::element value, std::string_view& binary, OipRequest& out) {
  dom::array inputs;
  if (value.get_array().get(inputs) != simdjson::SUCCESS) return "\"inputs\" is not a list";
  for (dom::element element : inputs) {
    dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) return "an input is not an object";
    if (out.inputs.size() == kMostOipTensors) return fmt::format("there are more than {} inputs", kMostOipTensors);
    OipTensor& tensor = out.inputs.emplace_back();
    if (std::string problem = TensorReader(tensor, binary).read(object); !problem.empty()) return problem;
  }
  return {};
}

}  // namespace

std::string setOipParameter(std::string_view name, const OipParameter& value, OipRequest& request) {
  if (name == "timeout") {
    const auto* microseconds = std::get_if<int64_t>(&value);
    if (microseconds == nullptr || *microseconds < 0) return "\"timeout\" is not a number of microseconds";
    if (*microseconds > 0) request.timeout = *microseconds;  // 0: none, as the protocol has it
  } else if (name == "binary_data_output") {
    const auto* flag = std::get_if<bool>(&value);
    if (flag == nullptr) return "\"binary_data_output\" is not true or false";
    request.binaryOutputs = *flag;
  }
  return {};
}

std::string parseOipRequest(std::string_view body, size_t jsonBytes, OipRequest& out) {
  if (jsonBytes > body.size())
    return fmt::format("Inference-Header-Content-Length is {}, and the body has {} bytes", jsonBytes, body.size());
  std::string_view binary = body.substr(jsonBytes);
  simdjson::padded_string text = paddedCopy(body.substr(0, jsonBytes));
  dom::parser parser;
  dom::object root;
  dom::element document;
  simdjson::error_code error = parser.parse(text).get(document);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) return fmt::format("the body is not JSON: {}", simdjson::error_message(error));
  if (document.get_object().get(root) != simdjson::SUCCESS) return "the body is not a JSON object";
  bool hasInputs = false;
  for (auto [key, value] : root) {
    std::string problem;
    if (key == "id") {
      std::string_view id;
      if (value.get_string().get(id) != simdjson::SUCCESS) return "\"id\" is not a string";
      out.id = id;
    } else if (key == "parameters") {
      problem = readParameters(value, out);
    } else if (key == "outputs") {
      problem = readOutputs(value, out);
    } else if (key == "inputs") {
      if (std::exchange(hasInputs, true)) return "\"inputs\" is there twice";
      problem = readInputs(value, binary, out);
    }
    if (!problem.empty()) return problem;
  }
  if (!hasInputs) return "the request has no \"inputs\"";
  if (!binary.empty())
    return fmt::format("{} bytes behind the JSON belong to no input: see Inference-Header-Content-Length",
                       binary.size());
  return {};
}

}  // namespace featc
