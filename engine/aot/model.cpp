// SPDX-License-Identifier: Apache-2.0
// From a library or linked object code to an extractor.
#include "engine/aot/model.h"

#include <fmt/format.h>

#include "codegen/plan/native_executable.h"
#include "engine/aot/library_seal.h"
#include "engine/aot/program_image.h"
#include "support/shared_library.h"

namespace featc {

namespace {

OpenedModel openBuilt(const featc_built& built, std::shared_ptr<const void> code, const PluginFolders& plugins) {
  OpenedModel opened;
  if (built.magic != kBuiltMagic) {
    opened.error = "it was made by a featc whose models this one cannot read: build it again with this one";
    return opened;
  }
  std::optional<ProgramImage> image = readImage({built.image, built.image_size}, opened.error, plugins);
  if (image) opened.model = std::make_shared<Model>(std::move(image->graph), built.entry, std::move(code));
  return opened;
}

}  // namespace

Model::Model(Graph graph, NativeEntry entry, std::shared_ptr<const void> code)
    : graph_(std::move(graph)), executable_(makeNativeExecutable(graph_, makePlan(graph_), entry, std::move(code))) {}

Extractor Model::extractor(StoreBinding stores, RunLimits limits) const {
  return Extractor(graph_.info(), executable_, std::move(stores), limits);
}

OpenedModel openModel(const std::filesystem::path& path, const PluginFolders& plugins) {
  auto library = std::make_shared<const SharedLibrary>(path, &sealProblem);
  const auto* built = static_cast<const featc_built*>(library->find(kBuiltName));
  OpenedModel opened;
  if (!library->error().empty())
    opened.error = library->error();
  else if (built == nullptr)
    opened.error = "this is not a library that featc built";
  else
    opened = openBuilt(*built, library, plugins);
  if (!opened.error.empty()) opened.error = fmt::format("{}: {}", path.string(), opened.error);
  return opened;
}

OpenedModel openModel(const featc_built& built, const PluginFolders& plugins) {
  return openBuilt(built, nullptr, plugins);
}

}  // namespace featc
