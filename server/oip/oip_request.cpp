// SPDX-License-Identifier: Apache-2.0
#include "server/oip/oip_request.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include <bit>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "support/json_document.h"
#include "support/json_quote.h"

namespace featc {

static_assert(std::endian::native == std::endian::little, "tensors are read as they come");

namespace dom = simdjson::dom;

namespace {

constexpr std::array<std::string_view, 12> kTypeNames = {"BOOL",   "INT8",   "INT16",  "INT32", "INT64", "UINT8",
                                                         "UINT16", "UINT32", "UINT64", "FP32",  "FP64",  "BYTES"};

size_t widthOf(OipType type) {
  constexpr std::array<size_t, 12> kWidths = {1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8, 0};
  return kWidths[static_cast<size_t>(type)];
}

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
  std::string fail(std::string_view what) const { return fmt::format("input \"{}\": {}", tensor_.name, what); }

  std::string readMember(std::string_view key, dom::element value) {
    if (key == "name") {
      std::string_view name;
      if (value.get_string().get(name) != simdjson::SUCCESS || name.empty())
        return "an input's \"name\" is not a string";
      tensor_.name = name;
    } else if (key == "datatype") {
      std::string_view name;
      std::optional<OipType> type;
      if (value.get_string().get(name) == simdjson::SUCCESS) type = parseOipType(name);
      if (!type) return fail(fmt::format("its \"datatype\" is none of {}", fmt::join(kTypeNames, ", ")));
      tensor_.type = *type;
      hasType_ = true;
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
    tensor_.shape.clear();
    tensor_.elements = 1;
    hasShape_ = true;
    constexpr size_t kMostDimensions = 8;
    for (dom::element size : sizes) {
      int64_t count = 0;
      if (size.get_int64().get(count) != simdjson::SUCCESS || count < 0)
        return fail("its \"shape\" has something else than whole numbers from 0");
      if (tensor_.shape.size() == kMostDimensions) return fail("its \"shape\" has more than 8 dimensions");
      tensor_.shape.push_back(count);
      if (__builtin_mul_overflow(tensor_.elements, count, &tensor_.elements))
        return fail("its \"shape\" has too many elements");
    }
    return {};
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
    const bool isSigned = tensor_.type >= OipType::Int8 && tensor_.type <= OipType::Int64;
    const size_t bits = widthOf(tensor_.type) * 8;
    int64_t value = 0;
    if (isSigned) {
      if (element.get_int64().get(value) != simdjson::SUCCESS) return false;
      if (bits < 64 && (value < -(int64_t{1} << (bits - 1)) || value >= int64_t{1} << (bits - 1))) return false;
    } else {
      uint64_t bare = 0;
      if (element.get_uint64().get(bare) != simdjson::SUCCESS) return false;
      if (bits < 64 && bare >= uint64_t{1} << bits) return false;
      value = static_cast<int64_t>(bare);
    }
    tensor_.integers.push_back(value);
    return true;
  }

  std::string readBinary() {
    if (*binaryBytes_ > binary_.size())
      return fail(fmt::format("its binary_data_size is {}, and {} bytes are left behind the JSON", *binaryBytes_,
                              binary_.size()));
    std::string_view bytes = binary_.substr(0, *binaryBytes_);
    binary_.remove_prefix(*binaryBytes_);
    if (tensor_.type == OipType::Bytes) return readTexts(bytes);
    const size_t width = widthOf(tensor_.type);
    // No product, which may be too large.
    if (bytes.size() % width != 0 || static_cast<uint64_t>(tensor_.elements) != bytes.size() / width)
      return fail(fmt::format("its shape has {} elements of {} bytes and its binary data {} bytes", tensor_.elements,
                              width, bytes.size()));
    switch (tensor_.type) {
      case OipType::Bool:
        for (char c : bytes) tensor_.bools.push_back(c != 0 ? 1 : 0);
        break;
      case OipType::Int8: copy<int8_t>(bytes, tensor_.integers); break;
      case OipType::Int16: copy<int16_t>(bytes, tensor_.integers); break;
      case OipType::Int32: copy<int32_t>(bytes, tensor_.integers); break;
      case OipType::Uint8: copy<uint8_t>(bytes, tensor_.integers); break;
      case OipType::Uint16: copy<uint16_t>(bytes, tensor_.integers); break;
      case OipType::Uint32: copy<uint32_t>(bytes, tensor_.integers); break;
      case OipType::Int64:
      case OipType::Uint64: copy<int64_t>(bytes, tensor_.integers); break;
      case OipType::Fp32: copy<float>(bytes, tensor_.floats); break;
      case OipType::Fp64: copy<double>(bytes, tensor_.floats); break;
      case OipType::Bytes: break;
    }
    return {};
  }

  template <class From, class To>
  static void copy(std::string_view bytes, std::vector<To>& to) {
    to.resize(bytes.size() / sizeof(From));
    if constexpr (std::is_same_v<From, To>) {
      if (!bytes.empty()) std::memcpy(to.data(), bytes.data(), bytes.size());
    } else {
      for (size_t i = 0; i < to.size(); ++i) {
        From value;
        std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof value);
        to[i] = static_cast<To>(value);
      }
    }
  }

  // Each text behind its length, four bytes.
  std::string readTexts(std::string_view bytes) {
    tensor_.offsets.push_back(0);
    int64_t count = 0;
    while (!bytes.empty()) {
      uint32_t length = 0;
      if (bytes.size() < sizeof length) return fail("its binary data end within a length");
      std::memcpy(&length, bytes.data(), sizeof length);
      bytes.remove_prefix(sizeof length);
      if (length > bytes.size()) return fail(fmt::format("element {} is longer than its binary data", count));
      tensor_.text += bytes.substr(0, length);
      tensor_.offsets.push_back(static_cast<int64_t>(tensor_.text.size()));
      bytes.remove_prefix(length);
      ++count;
    }
    return count == tensor_.elements
               ? std::string()
               : fail(fmt::format("its shape has {} elements and its binary data {}", tensor_.elements, count));
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
    if (key == "timeout") {
      int64_t microseconds = 0;
      if (parameter.get_int64().get(microseconds) != simdjson::SUCCESS || microseconds < 0)
        return "\"timeout\" is not a number of microseconds";
      if (microseconds > 0) out.timeout = microseconds;  // 0: none, as the protocol has it
    } else if (key == "binary_data_output") {
      if (parameter.get_bool().get(out.binaryOutputs) != simdjson::SUCCESS)
        return "\"binary_data_output\" is not true or false";
    }
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

std::string_view oipTypeName(OipType type) { return kTypeNames[static_cast<size_t>(type)]; }

std::optional<OipType> parseOipType(std::string_view name) {
  for (size_t i = 0; i < kTypeNames.size(); ++i)
    if (kTypeNames[i] == name) return static_cast<OipType>(i);
  return std::nullopt;
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
  if (!hasInputs) return "there are no \"inputs\"";
  if (!binary.empty())
    return fmt::format("{} bytes behind the JSON belong to no input: see Inference-Header-Content-Length",
                       binary.size());
  return {};
}

}  // namespace featc
