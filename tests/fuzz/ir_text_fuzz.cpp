// SPDX-License-Identifier: Apache-2.0
// Any bytes as a graph's text: an error, or a graph that holds together and prints as itself.
#include <cstdlib>

#include "ir/equal.h"
#include "ir/text.h"
#include "ir/verifier.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto graph = featc::parseGraph({reinterpret_cast<const char*>(data), size});
  if (!graph) return 0;
  featc::verifyOrDie(*graph, "parseGraph");
  auto again = featc::parseGraph(featc::toText(*graph));
  if (!again || !featc::equalGraphs(*graph, *again)) std::abort();
  return 0;
}
