// SPDX-License-Identifier: Apache-2.0
// Fuzzes the files of a model folder: the manifest of a version, which reads back as it is written, binding.toml and
// model.toml.
#include <cstddef>
#include <cstdint>
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
  static_cast<void>(featc::parseModelSettings(text, "model.toml"));
  return 0;
}
