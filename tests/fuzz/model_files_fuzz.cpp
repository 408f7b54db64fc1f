// SPDX-License-Identifier: Apache-2.0
// Fuzzes the files of a model folder: the manifest of a version, which reads back as it is written, binding.toml and
// model.toml, which is also edited.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "require.h"
#include "server/model/binding_file.h"
#include "server/model/model_settings.h"
#include "server/model/version_manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  featc::Expected<featc::VersionManifest> manifest = featc::parseVersionManifest(text, "manifest.json");
  if (manifest) {
    featc::Expected<featc::VersionManifest> again =
        featc::parseVersionManifest(featc::manifestText(*manifest), "manifest.json");
    featc::require(again && *again == *manifest);
  }
  static_cast<void>(featc::parseBindingFile(text, "binding.toml"));
  // An edit that succeeds changes what it is to change and nothing else.
  featc::Expected<featc::ModelSettings> settings = featc::parseModelSettings(text, "model.toml");
  featc::ModelSettings wanted = settings ? *settings : featc::ModelSettings();
  wanted.version = "7";
  wanted.labels["previous"] = 6;
  featc::Expected<std::string> edited = featc::editModelSettings(text, "model.toml", wanted);
  featc::require(settings || !edited);
  if (edited) {
    featc::Expected<featc::ModelSettings> again = featc::parseModelSettings(*edited, "model.toml");
    featc::require(again && *again == wanted);
  }
  return 0;
}
