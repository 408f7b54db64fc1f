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

using OpenResult = Expected<std::shared_ptr<const Model>>;

OpenResult open(const featc_built& built, std::shared_ptr<const void> code, const PluginFolders& plugins) {
  if (built.magic != kBuiltMagic)
    return Error("it was made by a featc whose models this one cannot read: build it again with this one",
                 ErrorCode::OtherBuild);
  Expected<ProgramImage> image = readImage({built.image, built.image_size}, plugins);
  if (!image) return std::move(image).error();
  return std::make_shared<const Model>(std::move(image->graph), built.entry, std::move(code));
}

OpenResult open(const std::filesystem::path& path, const PluginFolders& plugins) {
  auto library = std::make_shared<const SharedLibrary>(path, &sealProblem);
  if (!library->error().empty())
    return Error(library->error(), library->isRead() ? ErrorCode::BadModel : ErrorCode::NoFile);
  const auto* built = static_cast<const featc_built*>(library->find(kBuiltName));
  if (built == nullptr) return Error("this is not a library that featc built", ErrorCode::BadModel);
  return open(*built, library, plugins);
}

OpenedModel asOpened(OpenResult result) {
  if (!result) return {nullptr, std::move(result).error().message};
  return {*std::move(result), {}};
}

}  // namespace

Model::Model(Graph graph, NativeEntry entry, std::shared_ptr<const void> code)
    : graph_(std::move(graph)), executable_(makeNativeExecutable(graph_, makePlan(graph_), entry, std::move(code))) {}

Extractor Model::extractor(StoreBinding stores, RunLimits limits) const {
  return Extractor(graph_.info(), executable_, std::move(stores), limits);
}

Expected<std::shared_ptr<const Model>> openLibrary(const std::filesystem::path& path, const PluginFolders& plugins) {
  OpenResult opened = open(path, plugins);
  if (opened) return opened;
  Error error = std::move(opened).error();
  error.place = path.string();
  error.message = fmt::format("{}: {}", error.place, error.message);
  return error;
}

Expected<std::shared_ptr<const Model>> openBuilt(const featc_built& built, const PluginFolders& plugins) {
  return open(built, nullptr, plugins);
}

OpenedModel openModel(const std::filesystem::path& path, const PluginFolders& plugins) {
  return asOpened(openLibrary(path, plugins));
}

OpenedModel openModel(const featc_built& built, const PluginFolders& plugins) {
  return asOpened(openBuilt(built, plugins));
}

}  // namespace featc
