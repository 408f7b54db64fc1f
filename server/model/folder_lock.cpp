// SPDX-License-Identifier: Apache-2.0
#include "server/model/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace featc {

Expected<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  const int handle = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0)
    return Error(fmt::format("cannot open the model folder {}: {}", folder.string(), std::strerror(errno)),
                 ErrorCode::NoFile, folder.string());
  if (flock(handle, LOCK_EX | LOCK_NB) == 0) return FolderLock(handle);
  close(handle);
  return Error(fmt::format("another process is changing {}: wait until it has ended", folder.string()),
               ErrorCode::Failed, folder.string());
}

FolderLock::~FolderLock() {
  if (handle_ >= 0) close(handle_);
}

}  // namespace featc
