// SPDX-License-Identifier: Apache-2.0
// Fuzzes requests of the Open Inference Protocol over gRPC, protobuf messages: none crashes the reader, what is refused
// is refused with words, batches are sound, and an answer with the tensors of a request is read as that request again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/oip/oip_messages.h"
#include "server/oip/protobuf.h"
#include "tests/fuzz/oip_check.h"

namespace {

using namespace featc;

// What a server looks at before it reads the whole message.
void checkName(std::string_view message) {
  std::string_view name;
  std::string_view version;
  const std::string problem = readOipModelName(message, name, version);
  require(!problem.empty() || !name.empty());
  std::string_view service;
  (void)readHealthCheck(message, service);
}

// An answer of integers has the same fields 5 and, raw, 6 as a request has 5 and 7.
void checkAnswer(const OipRequest& request, bool raw) {
  OipAnswer answer;
  answer.head.model = "m";
  std::vector<const OipTensor*> sent;
  for (const OipTensor& tensor : request.inputs) {
    if (tensor.type != OipType::Int64 && tensor.type != OipType::Uint64) continue;
    sent.push_back(&tensor);
    answer.tensors.push_back({tensor.name,
                              tensor.type,
                              tensor.shape,
                              {reinterpret_cast<const char*>(tensor.integers.data()), tensor.integers.size() * 8}});
  }
  std::string asRequest;
  ProtobufWriter writer(asRequest);
  const std::string message = oipMessage(answer, raw);
  for (ProtobufReader reader(message); reader.next();)
    if (reader.field() == 5 || reader.field() == 6) writer.bytes(reader.field() == 5 ? 5 : 7, reader.bytes());
  OipRequest again;
  require(parseOipMessage(asRequest, again).empty());
  require(again.inputs.size() == sent.size());
  for (size_t i = 0; i < sent.size(); ++i) {
    require(again.inputs[i].name == sent[i]->name && again.inputs[i].shape == sent[i]->shape);
    require(again.inputs[i].integers == sent[i]->integers);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  checkName(message);
  OipRequest request;
  if (!parseOipMessage(message, request).empty()) return 0;
  checkOipRequest(request);
  checkAnswer(request, true);
  checkAnswer(request, false);
  return 0;
}
