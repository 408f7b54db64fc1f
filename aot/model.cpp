// SPDX-License-Identifier: Apache-2.0
// From a library or linked object code to an extractor.
#include "aot/model.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "aot/program_image.h"
#include "codegen/native_executable.h"

namespace featc {

namespace {

OpenedModel open(const featc_built& built, std::shared_ptr<const void> code) {
  OpenedModel opened;
  if (built.magic != kBuiltMagic) {
    opened.error = "it was made by a featc whose models this one cannot read: build it again with this one";
    return opened;
  }
  std::optional<ProgramImage> image = readImage({built.image, built.image_size}, opened.error);
  if (image) opened.model = std::make_shared<Model>(std::move(image->graph), built.entry, std::move(code));
  return opened;
}

}  // namespace

Model::Model(Graph graph, NativeEntry entry, std::shared_ptr<const void> code)
    : graph_(std::move(graph)), executable_(makeNativeExecutable(graph_, makePlan(graph_), entry, std::move(code))) {}

Extractor Model::extractor(StoreBinding stores, RunLimits limits) const {
  return Extractor(graph_.info(), executable_, std::move(stores), limits);
}

OpenedModel openModel(const std::filesystem::path& library) {
  OpenedModel opened;
  // An absolute path: a bare name would be looked for in the system's folders.
  std::error_code ignored;
  std::filesystem::path path = std::filesystem::absolute(library, ignored);
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    opened.error = dlerror();  // begins with the path
    return opened;
  }
  std::shared_ptr<const void> code(handle, [](void* h) { dlclose(h); });
  auto* built = static_cast<const featc_built*>(dlsym(handle, kBuiltName));
  if (built == nullptr) {
    opened.error = fmt::format("{}: this is no library that featc built", library.string());
    return opened;
  }
  opened = open(*built, std::move(code));
  if (!opened.error.empty()) opened.error = fmt::format("{}: {}", library.string(), opened.error);
  return opened;
}

OpenedModel openModel(const featc_built& built) { return open(built, nullptr); }

}  // namespace featc
