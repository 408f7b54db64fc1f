// SPDX-License-Identifier: Apache-2.0
// Any bytes as an FG config: errors, or a config that the front end reads without stumbling.
#include <cstdlib>

#include "fg/import.h"
#include "frontend/frontend.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace featc;
  fg::FgOptions options;
  options.folder = "/nowhere";  // vocabulary files
  std::string_view text(reinterpret_cast<const char*>(data), size);
  fg::FgImport made = fg::importFg(text, options);
  if (!made.messages.errors.empty()) {
    // Without the features that cannot be carried over.
    options.lenient = true;
    made = fg::importFg(text, options);
    if (made.messages.errors.empty() && made.leftOut.empty()) std::abort();
  }
  if (!made.messages.errors.empty()) return 0;
  if (made.config.empty()) std::abort();
  Sources sources;
  Diagnostics diagnostics;
  Ast ast = parseConfig("import-fg.feat", made.config, {}, sources, diagnostics);
  makeGraph(ast, {}, sources, diagnostics);
  return 0;
}
