// SPDX-License-Identifier: Apache-2.0
// Reads binding.toml.
#include "server/model/binding_file.h"

#include "server/model/toml_table.h"

namespace featc {

namespace {

Expected<BindingFile> taken(TomlFile&& toml) {
  BindingFile binding{.path = toml.path().string(), .inputs = {}, .unused = {}, .score = {}};
  TomlTable root = toml.root();
  if (auto unused = root.texts("unused")) binding.unused = *unused;
  if (auto score = root.text("score")) binding.score = *score;
  for (auto& [name, table] : root.tables("inputs")) {
    BindingFile::Input& input = binding.inputs[name];
    if (auto outputs = table.texts("outputs")) {
      input.outputs = *outputs;
      if (outputs->empty()) table.problem("outputs", "the list is empty: name what the input takes");
    }
    if (auto per = table.word("per", {"item", "request"})) input.perRequest = *per == "request";
    table.finish();
  }
  root.finish();
  if (Error error = toml.error()) return error;
  return binding;
}

}  // namespace

Expected<BindingFile> readBindingFile(const std::filesystem::path& file) { return taken(TomlFile(file)); }

Expected<BindingFile> parseBindingFile(std::string_view text, const std::filesystem::path& file) {
  return taken(TomlFile(file, text));
}

}  // namespace featc
