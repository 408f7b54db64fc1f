// SPDX-License-Identifier: Apache-2.0
// Functions of plug-ins (`extern fn`): loaded from allowed folders, checked, and made operators.
#include "ops/extern_fn.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>

#include "featc/plugin.h"
#include "ops/extern_kernel.h"
#include "support/shared_library.h"
#include "values/hash.h"

namespace featc {

namespace {

namespace fs = std::filesystem;

// Functions and bytes beyond which a descriptor is not believed.
constexpr uint32_t kMaxFunctions = 10'000;

LoadedExtern failed(std::string error) { return {nullptr, std::move(error)}; }

std::string listed(const std::vector<fs::path>& folders) {
  std::vector<std::string> names;
  for (const fs::path& folder : folders) names.push_back(folder.string());
  return fmt::format("{}", fmt::join(names, ", "));
}

const featc_plugin_function* findFunction(const featc_plugin& plugin, std::string_view name) {
  for (const featc_plugin_function& f : std::span(plugin.functions, plugin.function_count)) {
    if (f.name != nullptr && name == f.name) return &f;
  }
  return nullptr;
}

std::string namesOf(const featc_plugin& plugin) {
  std::vector<std::string_view> names;
  for (const featc_plugin_function& f : std::span(plugin.functions, plugin.function_count)) {
    if (f.name != nullptr) names.emplace_back(f.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

// The same without spaces, so that descriptors may be written freely.
std::string withoutSpaces(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c != ' '; });
  return out;
}

void makeOperator(ExternFn& fn, std::shared_ptr<const SharedLibrary> library, featc_function function) {
  auto state = std::make_shared<ExternState>();
  state->library = std::move(library);
  state->function = function;
  state->result = fn.decl.result;
  Overload overload;
  bool anyScalar = false;
  for (const ExternParam& p : fn.decl.params) {
    fn.op.params.push_back(value(p.name));
    state->params.push_back(p.type);
    overload.params.push_back(p.type.present());
    overload.strict.push_back(!p.type.nullable());
    anyScalar = anyScalar || p.type.isScalar();
  }
  overload.finite.resize(overload.params.size());
  overload.required.resize(overload.params.size());
  overload.result = fn.decl.result.present();
  overload.maybeResult = fn.decl.result.nullable();
  overload.kernel = externKernel;
  if (anyScalar) overload.liftedKernel = externLiftedKernel;
  fn.op.name = fn.decl.name;
  fn.op.group = "Plug-ins";
  fn.op.doc = "A function of a plug-in.";
  fn.op.overloads.push_back(std::move(overload));
  fn.op.state = std::move(state);
}

LoadedExtern loadFrom(const fs::path& file, const ExternDecl& decl, std::string content) {
  auto library = std::make_shared<const SharedLibrary>(file);
  if (!library->error().empty()) return failed(fmt::format("cannot load \"{}\": {}", decl.library, library->error()));
  const auto* plugin = static_cast<const featc_plugin*>(library->find("featc_plugin_descriptor"));
  if (plugin == nullptr)
    return failed(fmt::format("\"{}\" is not a plug-in: it has no featc_plugin_descriptor", decl.library));
  if (plugin->abi != FEATC_PLUGIN_ABI)
    return failed(
        fmt::format("\"{}\" was compiled with version {} of featc's plug-in header, this featc has version {}",
                    decl.library, plugin->abi, FEATC_PLUGIN_ABI));
  if (plugin->function_count > kMaxFunctions || (plugin->functions == nullptr && plugin->function_count != 0))
    return failed(fmt::format("\"{}\" has a broken descriptor", decl.library));
  const featc_plugin_function* function = findFunction(*plugin, decl.name);
  if (function == nullptr)
    return failed(fmt::format("\"{}\" has no function \"{}\", it has: {}", decl.library, decl.name, namesOf(*plugin)));
  if (function->function == nullptr || function->signature == nullptr)
    return failed(fmt::format("\"{}\" has a broken descriptor", decl.library));
  if (withoutSpaces(function->signature) != withoutSpaces(signature(decl)))
    return failed(fmt::format("\"{}\" has {}{}, but the declaration says {}{}", decl.library, decl.name,
                              function->signature, decl.name, signature(decl)));
  auto fn = std::make_shared<ExternFn>();
  fn->decl = decl;
  fn->content = std::move(content);
  makeOperator(*fn, std::move(library), function->function);
  return {std::move(fn), {}};
}

}  // namespace

std::optional<fs::path> findPlugin(const std::string& library, const PluginFolders& allowed) {
  for (const fs::path& folder : allowed.folders) {
    std::error_code error;
    fs::path resolvedFolder = fs::canonical(folder, error);
    if (error) continue;
    fs::path file = fs::canonical(resolvedFolder / library, error);
    if (error || file.parent_path() != resolvedFolder || !fs::is_regular_file(file, error)) continue;
    return file;
  }
  return std::nullopt;
}

std::optional<std::string> pluginContent(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) return std::nullopt;
  return fmt::format("{}-{:016x}", bytes.size(), hashBytes(HashFamily::Xxh3, bytes));
}

std::string signature(const ExternDecl& decl) {
  std::vector<std::string> types;
  for (const ExternParam& p : decl.params) types.push_back(toString(p.type));
  return fmt::format("({}) -> {}", fmt::join(types, ", "), toString(decl.result));
}

bool isExternType(Type type) { return type.isScalar() || (type.isList() && type.element().isScalar()); }

LoadedExtern loadExtern(const ExternDecl& decl, const PluginFolders& allowed) {
  if (allowed.folders.empty())
    return failed("a config may load code only from folders that its caller allows, and there is none (see --plugins)");
  bool plain = !decl.library.empty() && decl.library != "." && decl.library != ".." &&
               decl.library.find('/') == std::string::npos && decl.library.find('\0') == std::string::npos;
  if (!plain)
    return failed("a library is named without its folder; the caller gives the folders of plug-ins (see --plugins)");
  std::optional<fs::path> file = findPlugin(decl.library, allowed);
  if (!file)
    return failed(
        fmt::format("there is no file \"{}\" in the folders of plug-ins: {}", decl.library, listed(allowed.folders)));
  std::optional<std::string> content = pluginContent(*file);
  if (!content) return failed(fmt::format("cannot read \"{}\"", decl.library));

  static std::mutex mutex;
  static std::unordered_map<std::string, std::weak_ptr<const ExternFn>> loaded;
  std::string key = fmt::format("{}\n{}\n{}", file->string(), *content, decl.name);
  for (const ExternParam& p : decl.params) key += fmt::format("\n{}", p.name);
  key += signature(decl);
  std::lock_guard lock(mutex);
  if (auto known = loaded[key].lock()) return {std::move(known), {}};
  LoadedExtern made = loadFrom(*file, decl, std::move(*content));
  if (made.fn != nullptr)
    loaded[key] = made.fn;
  else
    loaded.erase(key);
  return made;
}

}  // namespace featc
