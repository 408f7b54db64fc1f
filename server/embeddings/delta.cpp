// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/delta.h"

#include <dirent.h>
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "server/embeddings/manifest.h"
#include "server/embeddings/new_file.h"
#include "server/embeddings/table_layout.h"

namespace featc {

namespace {

constexpr std::string_view kMagic = "featc emb delta\n";
constexpr std::string_view kSuffix = ".delta";
constexpr size_t kDigits = 8;
constexpr size_t kSizeAt = kMagic.size() + 2 * sizeof(uint32_t) + 2 * sizeof(uint64_t);
constexpr size_t kSumBytes = sizeof(uint64_t);

template <class T>
void append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void appendText(std::string& out, std::string_view text) {
  append(out, static_cast<uint32_t>(text.size()));
  out += text;
}

// Takes values off the beginning of bytes, which need not have them.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  // Nothing, and cut() from then on, where there are fewer.
  std::string_view take(uint64_t size) {
    if (size > bytes_.size()) {
      isCut_ = true;
      return {};
    }
    std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  template <class T>
  T number() {
    T out{};
    std::string_view bytes = take(sizeof out);
    if (!bytes.empty()) std::memcpy(&out, bytes.data(), sizeof out);
    return out;
  }
  std::string text() { return std::string(take(number<uint32_t>())); }
  uint64_t left() const { return bytes_.size(); }
  bool isCut() const { return isCut_; }

 private:
  std::string_view bytes_;
  bool isCut_ = false;
};

std::string readTable(Cursor& cursor, DeltaTable& table) {
  table.name = cursor.text();
  table.dim = cursor.number<uint32_t>();
  const auto type = cursor.number<uint32_t>();
  const auto count = cursor.number<uint64_t>();
  if (cursor.isCut()) return "it is cut short";
  if (!isPlainName(table.name)) return "a table has a name that no table has";
  if (table.dim == 0 || table.dim > kMaxDim || type > static_cast<uint32_t>(RowType::BFloat16))
    return fmt::format("table \"{}\" has a dim or type that no table has", table.name);
  table.type = static_cast<RowType>(type);
  if (count > cursor.left() / (sizeof(uint64_t) + 1)) return "it is cut short";
  const std::string_view ids = cursor.take(count * sizeof(uint64_t));
  const std::string_view deleted = cursor.take(count);
  const size_t bytes = rowBytes(table.type, table.dim);
  table.changes.resize(count);
  for (size_t i = 0; i < count; ++i) {
    RowChange& change = table.changes[i];
    std::memcpy(&change.id, ids.data() + i * sizeof change.id, sizeof change.id);
    if (deleted[i] != 0) continue;
    const std::string_view row = cursor.take(bytes);
    if (cursor.isCut()) return "it is cut short";
    change.row = reinterpret_cast<const std::byte*>(row.data());
  }
  return {};
}

std::string readAll(Delta& delta) {
  const std::string_view bytes = delta.bytes;
  if (!bytes.starts_with(kMagic) || bytes.size() < kSizeAt + sizeof(uint64_t) + kSumBytes)
    return "it is not a delta, or not a complete one";
  Cursor cursor(bytes.substr(kMagic.size(), bytes.size() - kMagic.size() - kSumBytes));
  const auto version = cursor.number<uint32_t>();
  if (version != kDeltaVersion)
    return fmt::format("it has version {} of the format, and this featc reads version {}", version, kDeltaVersion);
  const auto tables = cursor.number<uint32_t>();
  delta.origin = cursor.number<uint64_t>();
  delta.sequence = cursor.number<uint64_t>();
  if (const auto size = cursor.number<uint64_t>(); size != bytes.size())
    return fmt::format("it has {} bytes and should have {}: copy it again", bytes.size(), size);
  uint64_t sum;
  std::memcpy(&sum, bytes.data() + bytes.size() - kSumBytes, sizeof sum);
  if (sum != XXH3_64bits(bytes.data(), bytes.size() - kSumBytes)) return "its bytes are damaged: copy it again";
  delta.epoch = cursor.text();
  for (uint32_t i = 0; i < tables; ++i) {
    std::string problem = readTable(cursor, delta.tables.emplace_back());
    if (!problem.empty()) return problem;
  }
  if (cursor.isCut() || cursor.left() != 0) return "its sizes do not fit together";
  return {};
}

}  // namespace

std::string deltaFolder(const std::string& epochFolder) { return epochFolder + "/deltas"; }

std::string deltaFile(const std::string& epochFolder, uint64_t sequence) {
  return fmt::format("{}/{:0{}}{}", deltaFolder(epochFolder), sequence, kDigits, kSuffix);
}

std::vector<uint64_t> deltaSequences(const std::string& epochFolder) {
  std::vector<uint64_t> out;
  DIR* folder = opendir(deltaFolder(epochFolder).c_str());
  if (folder == nullptr) return out;
  while (const dirent* entry = readdir(folder)) {  // NOLINT(concurrency-mt-unsafe): a stream of its own
    const std::string_view name = entry->d_name;
    if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix)) continue;
    if (name.find_first_not_of("0123456789") != kDigits) continue;
    out.push_back(std::strtoull(entry->d_name, nullptr, 10));
  }
  closedir(folder);
  std::ranges::sort(out);
  return out;
}

std::string deltaBytes(const Delta& delta) {
  std::string out(kMagic);
  append(out, kDeltaVersion);
  append(out, static_cast<uint32_t>(delta.tables.size()));
  append(out, delta.origin);
  append(out, delta.sequence);
  append(out, uint64_t{0});
  appendText(out, delta.epoch);
  for (const DeltaTable& table : delta.tables) {
    appendText(out, table.name);
    append(out, table.dim);
    append(out, static_cast<uint32_t>(table.type));
    append(out, static_cast<uint64_t>(table.changes.size()));
    for (const RowChange& change : table.changes) append(out, change.id);
    for (const RowChange& change : table.changes) out += change.row == nullptr ? '\1' : '\0';
    for (const RowChange& change : table.changes)
      if (change.row != nullptr) out.append(reinterpret_cast<const char*>(change.row), rowBytes(table.type, table.dim));
  }
  const uint64_t size = out.size() + kSumBytes;
  std::memcpy(out.data() + kSizeAt, &size, sizeof size);
  append(out, static_cast<uint64_t>(XXH3_64bits(out.data(), out.size())));
  return out;
}

Expected<Delta> parseDelta(std::string bytes, const std::string& file) {
  Delta delta;
  delta.bytes = std::move(bytes);
  std::string problem = readAll(delta);
  if (!problem.empty()) return Error(fmt::format("cannot use {}: {}", file, problem), ErrorCode::BadModel, file);
  return delta;
}

Expected<Delta> readDelta(const std::string& file) {
  Expected<std::string> bytes = readSmallFile(file, kMaxDeltaBytes);
  if (!bytes) return bytes.error();
  return parseDelta(*std::move(bytes), file);
}

Error writeDelta(const std::string& epochFolder, const Delta& delta) {
  if (Error failed = makeFolder(deltaFolder(epochFolder))) return failed;
  Expected<std::unique_ptr<NewFile>> file = NewFile::create(deltaFile(epochFolder, delta.sequence));
  if (!file) return file.error();
  (*file)->write(deltaBytes(delta));
  return (*file)->finish();
}

}  // namespace featc
