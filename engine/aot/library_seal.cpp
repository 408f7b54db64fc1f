// SPDX-License-Identifier: Apache-2.0
// The seal: "featc library 1\n", how many bytes stand before it, and their XXH3-64, both little-endian.
#include "engine/aot/library_seal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "ops/hash.h"

namespace featc {

namespace {

constexpr std::string_view kMark = "featc library 1\n";
constexpr size_t kSealBytes = kMark.size() + 2 * sizeof(uint64_t);

void appendNumber(std::string& out, uint64_t number) {
  for (size_t i = 0; i < sizeof number; ++i) out += static_cast<char>(number >> (8 * i) & 0xFFU);
}

std::string sealOf(std::string_view library) {
  std::string seal(kMark);
  appendNumber(seal, library.size());
  appendNumber(seal, hashBytes(HashFamily::Xxh3, library));
  return seal;
}

// From the file's begin; shorter where it ends before `bytes` or cannot be read, which errno says.
std::string readBegin(int file, size_t bytes) {
  std::string text(bytes, '\0');
  size_t done = 0;
  while (done < bytes) {
    ssize_t more = pread(file, text.data() + done, bytes - done, static_cast<off_t>(done));
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;
    done += static_cast<size_t>(more);
  }
  text.resize(done);
  return text;
}

}  // namespace

std::string sealLibrary(std::string library) {
  std::string seal = sealOf(library);
  return std::move(library) + seal;
}

std::string sealProblem(int file) {
  struct stat status{};
  errno = 0;
  if (fstat(file, &status) != 0) return std::strerror(errno);
  auto size = static_cast<size_t>(status.st_size);
  std::string bytes = readBegin(file, size);
  if (bytes.size() < size) return errno != 0 ? std::strerror(errno) : "it became shorter while it was read";
  std::string_view all = bytes;
  std::string_view end = all.substr(all.size() - std::min(all.size(), kSealBytes));
  if (!end.starts_with(kMark)) return "this is not a library that featc built, or not a complete one: build it again";
  all.remove_suffix(kSealBytes);
  return end == sealOf(all) ? "" : "this library was changed after featc built it: build it again";
}

}  // namespace featc
