// SPDX-License-Identifier: Apache-2.0
// Reads model.toml.
#include "server/model/model_settings.h"

#include "server/model/toml_table.h"

namespace featc {

namespace {

Expected<ModelSettings> taken(TomlFile&& toml) {
  ModelSettings settings;
  TomlTable root = toml.root();
  if (auto version = root.textOrNumber("version")) settings.version = *version;
  if (auto precision = root.word("precision", {"f32", "bf16"}))
    settings.precision = *precision == "bf16" ? Precision::BFloat16 : Precision::Float32;
  for (auto& [label, version] : root.numbers("labels")) settings.labels[label] = version;
  root.finish();
  if (Error error = toml.error()) return error;
  return settings;
}

}  // namespace

Expected<ModelSettings> readModelSettings(const std::filesystem::path& file) { return taken(TomlFile(file)); }

Expected<ModelSettings> parseModelSettings(std::string_view text, const std::filesystem::path& file) {
  return taken(TomlFile(file, text));
}

}  // namespace featc
