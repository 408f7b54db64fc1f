// SPDX-License-Identifier: Apache-2.0
// The seal: "featc library 1\n", how many bytes stand before it, and their XXH3-64, both little-endian.
#include "engine/aot/library_seal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace featc {

namespace {

constexpr std::string_view kMark = "featc library 1\n";
constexpr size_t kSealBytes = kMark.size() + 2 * sizeof(uint64_t);
constexpr uint64_t kPieceBytes = 1 << 20;

void appendNumber(std::string& out, uint64_t number) {
  for (size_t i = 0; i < sizeof number; ++i) out += static_cast<char>(number >> (8 * i) & 0xFFU);
}

std::string sealOf(uint64_t size, uint64_t hash) {
  std::string seal(kMark);
  appendNumber(seal, size);
  appendNumber(seal, hash);
  return seal;
}

constexpr const char* kNotWhole = "this is not a library that featc built, or not a complete one: build it again";

// Fills `bytes` from the file's byte `at` on; what is wrong, empty: nothing.
std::string readAt(int file, uint64_t at, std::span<char> bytes) {
  while (!bytes.empty()) {
    ssize_t more = pread(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return std::strerror(errno);
    if (more == 0) return "it became shorter while it was read";
    at += static_cast<uint64_t>(more);
    bytes = bytes.subspan(static_cast<size_t>(more));
  }
  return {};
}

// The hash of the file's first `size` bytes, which may be more than there is memory.
std::string hashFile(int file, uint64_t size, uint64_t& hash) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  std::vector<char> piece(std::min(size, kPieceBytes));
  for (uint64_t at = 0; at < size; at += piece.size()) {
    piece.resize(std::min(size - at, kPieceBytes));
    std::string problem = readAt(file, at, piece);
    if (!problem.empty()) return problem;
    XXH3_64bits_update(&state, piece.data(), piece.size());
  }
  hash = XXH3_64bits_digest(&state);
  return {};
}

}  // namespace

std::string sealLibrary(std::string library) {
  std::string seal = sealOf(library.size(), XXH3_64bits(library.data(), library.size()));
  return std::move(library) + seal;
}

std::string sealProblem(int file) {
  struct stat status{};
  if (fstat(file, &status) != 0) return std::strerror(errno);
  auto size = static_cast<uint64_t>(status.st_size);
  if (size < kSealBytes) return kNotWhole;
  size -= kSealBytes;
  std::string end(kSealBytes, '\0');
  std::string problem = readAt(file, size, end);
  if (!problem.empty()) return problem;
  if (!end.starts_with(kMark)) return kNotWhole;
  uint64_t hash = 0;
  problem = hashFile(file, size, hash);
  if (!problem.empty()) return problem;
  return end == sealOf(size, hash) ? "" : "this library was changed after featc built it: build it again";
}

}  // namespace featc
