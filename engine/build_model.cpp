// SPDX-License-Identifier: Apache-2.0
// Compiles a graph for a machine that is not necessarily this one.
#include "engine/build_model.h"

#include <fmt/format.h>

#include "engine/aot/cpu_features.h"
#include "engine/aot/program_image.h"

namespace featc {

namespace {

// `x86_64-pc-linux-gnu` without the vendor.
std::string targetName(const TargetDescription& target) {
  size_t vendor = target.triple.find('-');
  size_t rest = vendor == std::string::npos ? vendor : target.triple.find('-', vendor + 1);
  return target.architecture + (rest == std::string::npos ? "" : target.triple.substr(rest));
}

}  // namespace

BuiltObject buildObject(const Graph& graph, const BuildOptions& options) {
  BuiltObject built;
  built.name = identifierOf(graph.info().model);
  built.reads = !graph.info().sources.empty();
  CodegenOptions codegen;
  codegen.triple = options.triple;
  if (options.cpu == "native") {
    if (!options.triple.empty()) {
      built.error = "\"native\" is this machine's CPU: name one of the target's, or none";
      return built;
    }
  } else {
    codegen.cpu = options.cpu;
    if (codegen.cpu.empty()) codegen.cpu = "generic";
  }
  TargetDescription target = describeTarget(codegen);
  built.error = target.error;
  if (!built.error.empty()) return built;
  built.target = targetName(target);

  ImageTarget image{target.triple, target.cpu, {}};
  for (const std::string& feature : target.features)
    if (isKnownCpuFeature(target.architecture, feature)) image.features.push_back(feature);
  codegen.embed = EmbeddedModel{built.name, writeImage(image, graph)};
  ObjectResult object = compileObject(graph, codegen);
  built.error = object.error;
  if (built.error.empty()) built.object = std::move(object.code.files.front());
  return built;
}

}  // namespace featc
