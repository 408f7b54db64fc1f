// SPDX-License-Identifier: Apache-2.0
// What binding.toml says of how outputs of the config reach inputs of the network.
//
//   unused = ["label"]                    # outputs that no input takes
//   score  = "ctr"                        # the output of the network that is the score
//   [inputs.user]
//   outputs = ["user_id", "city"]         # side by side; default: the output of the input's name
//   per     = "request"                   # a row a request; default: "item"
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace featc {

struct BindingFile {
  struct Input {
    std::vector<std::string> outputs;  // empty: the one of the input's name
    bool perRequest = false;
  };

  std::string path;  // for messages
  std::map<std::string, Input> inputs;
  std::vector<std::string> unused;
  std::string score;  // empty: not said
};

// Without a file names alone say it. Fails with BadModel; the message has all mistakes.
Expected<BindingFile> readBindingFile(const std::filesystem::path& file);
// The same of its text.
Expected<BindingFile> parseBindingFile(std::string_view text, const std::filesystem::path& file);

}  // namespace featc
