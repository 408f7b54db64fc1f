// SPDX-License-Identifier: Apache-2.0
// Any bytes as a config: diagnostics or a graph, never a crash, a hang or a graph that is broken. What has no syntax
// error has a layout, which is its own layout.
#include <cstdlib>
#include <string>

#include "frontend/format/format_config.h"
#include "frontend/frontend.h"
#include "ir/verifier.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  featc::FrontendOptions options;
  options.root = "/nonexistent";
  featc::Sources sources;
  featc::Diagnostics diagnostics;
  std::string text(reinterpret_cast<const char*>(data), size);
  featc::Ast ast = featc::parseConfig("/nonexistent/fuzz.feat", text, options, sources, diagnostics);
  featc::Graph graph = featc::makeGraph(ast, options, sources, diagnostics);
  if (!diagnostics.hasErrors()) featc::verifyOrDie(graph, "the front end");
  for (const featc::Diagnostic& d : diagnostics.sorted()) {
    featc::renderText(sources, d);
    featc::renderJson(sources, d);
  }
  featc::Diagnostics told;
  std::optional<std::string> once = featc::formatConfig("/nonexistent/fuzz.feat", text, options.limits, sources, told);
  if (once && featc::formatConfig("/nonexistent/fuzz.feat", *once, options.limits, sources, told) != once) std::abort();
  return 0;
}
