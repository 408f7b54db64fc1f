// SPDX-License-Identifier: Apache-2.0
// The header of a compiled model.
#include <fmt/format.h>

#include <set>

#include "engine/aot/version.h"
#include "engine/build_model.h"
#include "engine/run_api_text.h"

namespace featc {

namespace {

bool isWordByte(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// Enumerators for positions: names that are one as identifiers get a number behind them.
class Positions {
 public:
  explicit Positions(std::string prefix) : prefix_(std::move(prefix)), taken_{prefix_ + "COUNT"} {}

  void add(const std::string& name, const std::string& comment) {
    std::string identifier = prefix_ + upper(identifierOf(name));
    for (size_t i = 2; !taken_.insert(identifier).second; ++i)
      identifier = fmt::format("{}{}_{}", prefix_, upper(identifierOf(name)), i);
    text_ += fmt::format("  {} = {}, /* {} */\n", identifier, count_++, comment);
  }
  std::string finish(const std::string& type) {
    return fmt::format("enum {} {{\n{}  {}COUNT = {}\n}};\n", type, text_, prefix_, count_);
  }

 private:
  std::string prefix_;
  std::string text_;
  std::set<std::string> taken_;
  size_t count_ = 0;
};

// A quoted name may hold anything; a comment must not end early, nor seem to begin again.
std::string commentText(const std::string& text) {
  std::string out;
  for (char c : text) {
    bool joins = !out.empty() && ((out.back() == '*' && c == '/') || (out.back() == '/' && c == '*'));
    if (joins) out += ' ';
    out += c;
  }
  return out;
}

std::string outputComment(const OutputInfo& o) {
  std::string_view pad = o.padLeft ? ", padded on the left" : "";
  std::string elements = o.group.empty() ? "" : fmt::format(", for each of at most {} elements{}", o.length, pad);
  switch (o.kind) {
    case OutputKind::Sparse:
      return fmt::format("{}: sparse, slot {}, {}{}", o.name, o.slot, toString(o.emitted()), elements);
    case OutputKind::Dense: return fmt::format("{}: dense, width {}{}", o.name, o.width, elements);
    case OutputKind::Sequence: break;
  }
  return fmt::format("{}: sequence, slot {}, length {}{}", o.name, o.slot, o.length, pad);
}

}  // namespace

std::string identifierOf(const std::string& name) {
  std::string out;
  if (!name.empty() && name[0] >= '0' && name[0] <= '9') out = "_";
  for (char c : name) out += isWordByte(c) ? c : '_';
  return out;
}

std::string modelHeader(const ProgramInfo& info) {
  std::string name = identifierOf(info.model);
  std::string big = upper(name);
  Positions inputs(big + "_INPUT_");
  for (const InputInfo& input : info.inputs)
    inputs.add(input.name, commentText(fmt::format("{}: {}", input.qualified(), toString(input.type))));
  Positions outputs(big + "_OUTPUT_");
  for (const OutputInfo& output : info.outputs) outputs.add(output.name, commentText(outputComment(output)));
  return fmt::format(
      R"(/* The model "{model}", compiled by featc {version}: what `featc build --header` wrote.
 *
 *   char* error;
 *   featc_extractor* extractor;
 *   featc_failure failed = featc_open_{name}(NULL, &extractor, &error);
 *   featc_session* session = featc_new_session(extractor);
 *   featc_run(session, &batch); */
#ifndef FEATC_BUILT_{big}_H
#define FEATC_BUILT_{big}_H

{api}
#ifdef __cplusplus
extern "C" {{
#endif

extern const featc_built featc_built_{name};

/* As featc_open_model. */
static inline featc_failure featc_open_{name}(const featc_open_options* options, featc_extractor** extractor,
                                              char** error) {{
  return featc_open_model(&featc_built_{name}, options, extractor, error);
}}

/* The same with stores only; NULL if it fails. */
static inline featc_extractor* featc_load_{name}(const featc_store* stores, size_t store_count, char** error) {{
  featc_open_options options = {{sizeof(featc_open_options), stores, store_count, NULL, 0, NULL, 0, NULL,
                                FEATC_ENGINE_JIT, NULL, NULL, NULL, 0, 0, 0}};
  featc_extractor* extractor = NULL;
  featc_open_model(&featc_built_{name}, &options, &extractor, error);
  return extractor;
}}

/* Which column of a batch holds which input. */
{inputs}
/* Which result is which output. */
{outputs}
#ifdef __cplusplus
}}
#endif

#endif
)",
      fmt::arg("model", commentText(info.model)), fmt::arg("version", featcVersion()), fmt::arg("name", name),
      fmt::arg("big", big), fmt::arg("api", kRunApiText), fmt::arg("inputs", inputs.finish(name + "_input")),
      fmt::arg("outputs", outputs.finish(name + "_output")));
}

}  // namespace featc
