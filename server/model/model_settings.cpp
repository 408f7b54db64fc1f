// SPDX-License-Identifier: Apache-2.0
// Reads model.toml.
#include "server/model/model_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/model/toml_table.h"

namespace featc {

namespace {

Expected<ModelSettings> taken(TomlFile& toml, const std::filesystem::path& file) {
  ModelSettings settings;
  TomlTable root = toml.root();
  if (auto version = root.textOrNumber("version")) settings.version = *version;
  if (auto precision = root.word("precision", {"f32", "bf16"}))
    settings.precision = *precision == "bf16" ? Precision::BFloat16 : Precision::Float32;
  for (auto& [label, version] : root.numbers("labels")) settings.labels[label] = version;
  root.finish();
  if (toml.problems().empty()) return settings;
  return Error(fmt::format("{}", fmt::join(toml.problems(), "\n")), ErrorCode::BadModel, file.string());
}

}  // namespace

Expected<ModelSettings> readModelSettings(const std::filesystem::path& file) {
  TomlFile toml(file);
  return taken(toml, file);
}

Expected<ModelSettings> parseModelSettings(std::string_view text, const std::filesystem::path& file) {
  TomlFile toml(file, text);
  return taken(toml, file);
}

}  // namespace featc
