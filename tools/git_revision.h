// SPDX-License-Identifier: Apache-2.0
// A config as it was at a revision of git: `HEAD~1:configs/ctr.feat`.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "support/error.h"

namespace featc {

// The config and the files beside and below it, as the revision has them, in a temporary folder that this owns.
class GitRevision {
 public:
  ~GitRevision();
  GitRevision(const GitRevision&) = delete;
  GitRevision& operator=(const GitRevision&) = delete;

  // Whether the argument names a revision's file: `REV:PATH`, where no file has that name.
  static bool isNamedBy(const std::string& argument);
  // As git reads it: PATH from the top of the repository that the current folder is in, or, with `./` or `../` before
  // it, from the current folder. `root`: the folder of the repository that has all that the config imports, as the
  // file system names it; empty: the config's.
  static Expected<std::unique_ptr<GitRevision>> checkOut(const std::string& argument, const std::string& root);

  const std::filesystem::path& config() const { return config_; }
  const std::filesystem::path& root() const { return root_; }
  // The text with `REV:` in the place of the temporary folder's name.
  std::string asNamed(std::string text) const;

 private:
  explicit GitRevision(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
  std::string revision_;
  std::filesystem::path config_;
  std::filesystem::path root_;
};

}  // namespace featc
