// SPDX-License-Identifier: Apache-2.0
// Answers of the Open Inference Protocol over HTTP: JSON, with values in it or, as the request wants, behind it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <iterator>

#include "data/result_writer.h"
#include "server/oip/oip_answer.h"
#include "support/json_quote.h"

namespace featc {

namespace {

void append(std::string& text, float value) { appendFloat(text, value); }
void append(std::string& text, uint64_t value) { appendUnsigned(text, value); }
void append(std::string& text, int64_t value) { fmt::format_to(std::back_inserter(text), "{}", value); }
void append(std::string& text, int32_t value) { append(text, int64_t{value}); }

template <class T>
void appendValues(std::string& text, std::string_view bytes) {
  for (size_t at = 0; at < bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    if (at > 0) text += ',';
    append(text, value);
  }
}

void appendValues(std::string& text, const OipAnswerTensor& tensor) {
  switch (tensor.type) {
    case OipType::Fp32: return appendValues<float>(text, tensor.bytes);
    case OipType::Uint64: return appendValues<uint64_t>(text, tensor.bytes);
    case OipType::Int32: return appendValues<int32_t>(text, tensor.bytes);
    default: return appendValues<int64_t>(text, tensor.bytes);
  }
}

std::string textOf(const OipAnswer& answer) {
  std::string text = fmt::format(R"({{"model_name": {}, "model_version": {}, )", jsonQuote(answer.head.model),
                                 jsonQuote(answer.head.version));
  if (!answer.id.empty()) text += fmt::format(R"("id": {}, )", jsonQuote(answer.id));
  text += R"("parameters": {)";
  const char* between = "";
  for (const auto& [name, value] : answer.head.parameters) {
    text += fmt::format("{}{}: {}", between, jsonQuote(name), jsonQuote(value));
    between = ", ";
  }
  return text + R"(}, "outputs": [)";
}

}  // namespace

OipBody oipBody(const OipAnswer& answer) {
  OipBody body;
  std::string& text = body.text;
  text = textOf(answer);
  size_t binaryBytes = 0;
  const char* between = "";
  for (const OipAnswerTensor& tensor : answer.tensors) {
    fmt::format_to(std::back_inserter(text), R"({}{{"name": {}, "datatype": "{}", "shape": [{}])", between,
                   jsonQuote(tensor.name), oipTypeName(tensor.type), fmt::join(tensor.shape, ", "));
    between = ", ";
    if (tensor.isBinary) {
      fmt::format_to(std::back_inserter(text), R"(, "parameters": {{"binary_data_size": {}}}}})", tensor.bytes.size());
      binaryBytes += tensor.bytes.size();
      continue;
    }
    text += R"(, "data": [)";
    appendValues(text, tensor);
    text += "]}";
  }
  text += "]}";
  body.jsonBytes = text.size();
  text.reserve(text.size() + binaryBytes);
  for (const OipAnswerTensor& tensor : answer.tensors)
    if (tensor.isBinary) text += tensor.bytes;
  return body;
}

}  // namespace featc
