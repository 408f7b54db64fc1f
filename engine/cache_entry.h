// SPDX-License-Identifier: Apache-2.0
// What the object cache keeps, as bytes: a checksum over all of it, and any bytes may be read back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/llvm/codegen.h"

namespace featc {

// XXH3-128. Two texts that differ by accident have different ones; no defence against malice.
struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;

  bool operator==(const Hash128&) const = default;
};
Hash128 hash128(std::string_view bytes);
// 32 hexadecimal digits.
std::string toHex(Hash128 hash);

// A file that a config was made of besides its main one: imports, vocabularies.
struct CachedFile {
  std::string asked;  // absolute, as it was looked for
  std::string path;   // what that led to, without symlinks
  Hash128 content;
};

// A diagnostic in both forms of `--diagnostics`.
struct RenderedDiagnostic {
  std::string text;
  std::string json;
};

// What a config came to: enough to answer without reading its language.
struct ConfigEntry {
  std::string key;
  std::vector<CachedFile> files;  // the entry holds as long as all are as they were
  std::vector<RenderedDiagnostic> diagnostics;
  uint64_t rawNodes = 0;  // of the graph before optimization, for statistics
  std::string graph;      // the optimized one's text form
};

// A graph's native code.
struct CodeEntry {
  std::string key;
  std::string graph;
  ObjectCode code;
};

std::string toBytes(const ConfigEntry& entry);
std::string toBytes(const CodeEntry& entry);
// Nothing where the bytes are not exactly what toBytes wrote: cut, flipped, another kind or version.
std::optional<ConfigEntry> readConfigEntry(std::string_view bytes);
std::optional<CodeEntry> readCodeEntry(std::string_view bytes);

// Writes the right length and checksum into bytes that have a header: what a fuzzer needs in order to
// get past them.
void sealEntry(std::string& bytes);

}  // namespace featc
