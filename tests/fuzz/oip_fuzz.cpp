// SPDX-License-Identifier: Apache-2.0
// Fuzzes requests of the Open Inference Protocol over HTTP, JSON with binary tensors behind it: no body crashes the
// reader, what is refused is refused with words, and batches are sound.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/oip_check.h"

// The first two bytes say how much of the rest is JSON; 0: all of it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t jsonBytes = data[0] | static_cast<size_t>(data[1]) << 8U;
  featc::OipRequest request;
  if (featc::parseOipRequest(body, jsonBytes == 0 ? body.size() : jsonBytes, request).empty())
    featc::checkOipRequest(request);
  return 0;
}
