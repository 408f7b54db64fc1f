// SPDX-License-Identifier: Apache-2.0
// What model.toml says of how a model's versions are served.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "server/scorer/scorer.h"
#include "support/error.h"

namespace featc {

struct ModelSettings {
  // `latest`, a number or a label.
  std::string version = "latest";
  std::map<std::string, int64_t> labels;
  Precision precision = Precision::Float32;

  bool operator==(const ModelSettings&) const = default;
};

// Without a file everything has its default. Fails with BadModel; the message has all mistakes.
Expected<ModelSettings> readModelSettings(const std::filesystem::path& file);
// The same of its text.
Expected<ModelSettings> parseModelSettings(std::string_view text, const std::filesystem::path& file);

// `text` with the version and the labels of `wanted`, a label that only the text has included; its comments, its order
// and everything else stay. Fails with BadModel where the text has them written so that this cannot be done.
Expected<std::string> editModelSettings(std::string_view text, const std::filesystem::path& file,
                                        const ModelSettings& wanted);

}  // namespace featc
