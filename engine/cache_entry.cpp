// SPDX-License-Identifier: Apache-2.0
// What the object cache keeps, as bytes: a checksum over all of it, and any bytes may be read back.
#include "engine/cache_entry.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace featc {

namespace {

// Changes with anything below.
constexpr uint32_t kFormat = 1;
constexpr std::array<char, 8> kMagic{'f', 'e', 'a', 't', 'c', 'a', 'c', 'h'};

enum class EntryKind : uint32_t { Config = 1, Code = 2 };

// Everything is little-endian. The checksum covers the bytes before it and those behind the header.
struct Header {
  std::array<char, 8> magic = kMagic;
  uint32_t format = kFormat;
  EntryKind kind = EntryKind::Config;
  uint64_t bodyBytes = 0;
  Hash128 checksum;
};
static_assert(sizeof(Header) == 40 && std::endian::native == std::endian::little);
constexpr size_t kCheckedHeaderBytes = sizeof(Header) - sizeof(Hash128);

Hash128 toHash(XXH128_hash_t hash) { return {hash.low64, hash.high64}; }

Hash128 checksumOf(std::string_view bytes) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  XXH3_128bits_update(&state, bytes.data(), kCheckedHeaderBytes);
  XXH3_128bits_update(&state, bytes.data() + sizeof(Header), bytes.size() - sizeof(Header));
  return toHash(XXH3_128bits_digest(&state));
}

// -- Writing ----------------------------------------------------------------------------------------

void putNumber(std::string& out, uint64_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }

void putText(std::string& out, std::string_view text) {
  putNumber(out, text.size());
  out += text;
}

std::string begin(EntryKind kind) {
  Header header;
  header.kind = kind;
  return {reinterpret_cast<const char*>(&header), sizeof header};
}

// -- Reading ----------------------------------------------------------------------------------------

// Reads a body from its front; once something is wrong, all that follows is empty and `good` false.
class Reader {
 public:
  explicit Reader(std::string_view body) : rest_(body) {}

  uint64_t number() {
    uint64_t value = 0;
    if (!has(sizeof value)) return 0;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    uint64_t size = number();
    if (!has(size)) return {};
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }
  // Elements are read until the bytes run out: a false count costs no memory.
  template <class Read>
  void list(Read&& read) {
    for (uint64_t left = number(); left > 0 && good_; --left) read();
  }
  bool ended() const { return good_ && rest_.empty(); }

 private:
  bool has(uint64_t bytes) {
    good_ = good_ && bytes <= rest_.size();
    return good_;
  }

  std::string_view rest_;
  bool good_ = true;
};

std::optional<std::string_view> checkedBody(std::string_view bytes, EntryKind kind) {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  std::string_view body = bytes.substr(sizeof header);
  if (header.magic != kMagic || header.format != kFormat || header.kind != kind || header.bodyBytes != body.size() ||
      header.checksum != checksumOf(bytes))
    return std::nullopt;
  return body;
}

}  // namespace

Hash128 hash128(std::string_view bytes) { return toHash(XXH3_128bits(bytes.data(), bytes.size())); }

std::string toHex(Hash128 hash) { return fmt::format("{:016x}{:016x}", hash.high, hash.low); }

void sealEntry(std::string& bytes) {
  if (bytes.size() < sizeof(Header)) return;
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.bodyBytes = bytes.size() - sizeof header;
  std::memcpy(bytes.data(), &header, sizeof header);
  header.checksum = checksumOf(bytes);
  std::memcpy(bytes.data(), &header, sizeof header);
}

std::string toBytes(const ConfigEntry& entry) {
  std::string out = begin(EntryKind::Config);
  putText(out, entry.key);
  putNumber(out, entry.files.size());
  for (const CachedFile& file : entry.files) {
    putText(out, file.asked);
    putText(out, file.path);
    putNumber(out, file.content.low);
    putNumber(out, file.content.high);
  }
  putNumber(out, entry.diagnostics.size());
  for (const RenderedDiagnostic& diagnostic : entry.diagnostics) {
    putText(out, diagnostic.text);
    putText(out, diagnostic.json);
  }
  putNumber(out, entry.rawNodes);
  putText(out, entry.graph);
  sealEntry(out);
  return out;
}

std::string toBytes(const CodeEntry& entry) {
  std::string out = begin(EntryKind::Code);
  putText(out, entry.key);
  putText(out, entry.graph);
  putNumber(out, entry.code.files.size());
  for (const std::string& file : entry.code.files) putText(out, file);
  sealEntry(out);
  return out;
}

std::optional<ConfigEntry> readConfigEntry(std::string_view bytes) {
  std::optional<std::string_view> body = checkedBody(bytes, EntryKind::Config);
  if (!body) return std::nullopt;
  Reader reader(*body);
  ConfigEntry entry;
  entry.key = reader.text();
  reader.list([&] {
    CachedFile& file = entry.files.emplace_back();
    file.asked = reader.text();
    file.path = reader.text();
    file.content.low = reader.number();
    file.content.high = reader.number();
  });
  reader.list([&] {
    RenderedDiagnostic& diagnostic = entry.diagnostics.emplace_back();
    diagnostic.text = reader.text();
    diagnostic.json = reader.text();
  });
  entry.rawNodes = reader.number();
  entry.graph = reader.text();
  if (!reader.ended()) return std::nullopt;
  return entry;
}

std::optional<CodeEntry> readCodeEntry(std::string_view bytes) {
  std::optional<std::string_view> body = checkedBody(bytes, EntryKind::Code);
  if (!body) return std::nullopt;
  Reader reader(*body);
  CodeEntry entry;
  entry.key = reader.text();
  entry.graph = reader.text();
  reader.list([&] { entry.code.files.push_back(reader.text()); });
  if (!reader.ended()) return std::nullopt;
  return entry;
}

}  // namespace featc
