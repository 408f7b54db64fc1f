// SPDX-License-Identifier: Apache-2.0
// Fuzzes what stands between a file and its readers: unpacking and UTF-16. Where the bytes come cut must not matter.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "data/gzip/gunzip.h"
#include "data/text_source.h"
#include "tests/fuzz/require.h"

namespace {

using namespace featc;

// What a few bytes unpack to is bounded here, as a reader bounds what it keeps.
constexpr size_t kMostBytes = size_t{1} << 20U;

struct Read {
  std::string bytes;
  std::string error;
  bool operator==(const Read&) const = default;
};

Read readAll(std::string_view file, size_t chunk, size_t asked) {
  Read out;
  Expected<std::unique_ptr<ByteSource>> opened = asUtf8(unpacked(memorySource(file, chunk)));
  out.error = opened.error().message;
  require(static_cast<bool>(opened) == out.error.empty());
  if (!opened) return out;
  const std::unique_ptr<ByteSource>& source = *opened;
  std::string buffer(asked, '\0');
  int64_t bytes = 0;
  while (out.bytes.size() < kMostBytes && (bytes = source->read(buffer.data(), asked, out.error)) > 0)
    out.bytes.append(buffer.data(), static_cast<size_t>(bytes));
  require((bytes < 0) == !out.error.empty());
  out.bytes.resize(std::min(out.bytes.size(), kMostBytes));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view file(reinterpret_cast<const char*>(data), size);
  Read whole = readAll(file, SIZE_MAX, 4096);
  size_t chunk = size == 0 ? 1 : data[size - 1] % 31 + 1;
  Read parts = readAll(file, chunk, 1 + chunk % 5);
  require(whole.error == parts.error);
  // Of what stands before a mistake a part may be handed out.
  require(whole.error.empty() ? whole.bytes == parts.bytes
                              : whole.bytes.starts_with(parts.bytes) || parts.bytes.starts_with(whole.bytes));
  return 0;
}
