// SPDX-License-Identifier: Apache-2.0
// From a library or linked object code to an extractor.
#include "engine/aot/model.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "codegen/native_executable.h"
#include "engine/aot/program_image.h"

namespace featc {

namespace {

OpenedModel openBuilt(const featc_built& built, std::shared_ptr<const void> code) {
  OpenedModel opened;
  if (built.magic != kBuiltMagic) {
    opened.error = "it was made by a featc whose models this one cannot read: build it again with this one";
    return opened;
  }
  std::optional<ProgramImage> image = readImage({built.image, built.image_size}, opened.error);
  if (image) opened.model = std::make_shared<Model>(std::move(image->graph), built.entry, std::move(code));
  return opened;
}

// A loaded library. dlopen takes one of the same name as one that is loaded for that one, even if the
// file was replaced; the name of an open file is no other library's as long as the file is open.
class Library {
 public:
  explicit Library(const std::filesystem::path& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) {
      error_ = std::strerror(errno);
      return;
    }
    std::string name = fmt::format("/proc/self/fd/{}", file_);
    handle_ = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ != nullptr) return;
    error_ = dlerror();
    if (error_.starts_with(name + ": ")) error_.erase(0, name.size() + 2);
  }
  ~Library() {
    if (handle_ != nullptr) dlclose(handle_);
    if (file_ >= 0) close(file_);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  const void* find(const char* symbol) const { return handle_ == nullptr ? nullptr : dlsym(handle_, symbol); }
  // Why it is not loaded; empty: it is.
  const std::string& error() const { return error_; }

 private:
  int file_;
  void* handle_ = nullptr;
  std::string error_;
};

}  // namespace

Model::Model(Graph graph, NativeEntry entry, std::shared_ptr<const void> code)
    : graph_(std::move(graph)), executable_(makeNativeExecutable(graph_, makePlan(graph_), entry, std::move(code))) {}

Extractor Model::extractor(StoreBinding stores, RunLimits limits) const {
  return Extractor(graph_.info(), executable_, std::move(stores), limits);
}

OpenedModel openModel(const std::filesystem::path& path) {
  auto library = std::make_shared<const Library>(path);
  const auto* built = static_cast<const featc_built*>(library->find(kBuiltName));
  OpenedModel opened;
  if (!library->error().empty())
    opened.error = library->error();
  else if (built == nullptr)
    opened.error = "this is no library that featc built";
  else
    opened = openBuilt(*built, library);
  if (!opened.error.empty()) opened.error = fmt::format("{}: {}", path.string(), opened.error);
  return opened;
}

OpenedModel openModel(const featc_built& built) { return openBuilt(built, nullptr); }

}  // namespace featc
