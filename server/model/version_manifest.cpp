// SPDX-License-Identifier: Apache-2.0
// Writes and reads manifests, and sums files.
#include "server/model/version_manifest.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>

#include "runtime/program_info.h"
#include "server/embeddings/new_file.h"
#include "support/json_document.h"
#include "support/json_quote.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kFormat = 1;

// The hash of a file's content and its size; nothing where it cannot be read.
std::optional<PackedFile> sumOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(), XXH3_freeState);
  if (!in || state == nullptr || XXH3_128bits_reset(state.get()) == XXH_ERROR) return std::nullopt;
  PackedFile out;
  std::vector<char> buffer(size_t{1} << 20U);
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    auto bytes = static_cast<size_t>(in.gcount());
    XXH3_128bits_update(state.get(), buffer.data(), bytes);
    out.bytes += bytes;
  }
  if (in.bad()) return std::nullopt;
  XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  out.xxh128 = fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  return out;
}

// Finished, or left by a featc pack that was killed.
bool isManifest(std::string_view name) {
  return name == kVersionManifest ||
         (isUnfinishedFile(name) && name.starts_with(fmt::format(".{}.", kVersionManifest)));
}

// Fields of a manifest by name, each of which must be there.
class Fields {
 public:
  Fields(simdjson::ondemand::object& object, const std::string& file, std::string place)
      : object_(object), file_(file), place_(std::move(place)) {}

  std::string text(const char* key) {
    std::string_view value;
    if (object_.find_field_unordered(key).get_string().get(value) != simdjson::SUCCESS) wrong(key, "a string");
    return std::string(value);
  }
  uint64_t number(const char* key) {
    uint64_t value = 0;
    if (object_.find_field_unordered(key).get_uint64().get(value) != simdjson::SUCCESS) wrong(key, "a number");
    return value;
  }
  // 16 hexadecimal digits.
  uint64_t digits(const char* key) {
    std::optional<uint64_t> value = parseFingerprint(text(key));
    if (!value) wrong(key, "16 hexadecimal digits");
    return value.value_or(0);
  }
  void wrong(const char* key, const char* expected) {
    if (problem.empty())
      problem = fmt::format("{}: {}{}: expected {}: run featc pack again", file_, place_, key, expected);
  }

  std::string problem;

 private:
  simdjson::ondemand::object& object_;
  const std::string& file_;
  std::string place_;
};

}  // namespace

std::string manifestText(const VersionManifest& manifest) {
  std::string text = fmt::format("{{\n  \"featc_model\": {},\n  \"model\": {},\n", kFormat, jsonQuote(manifest.model));
  text += fmt::format("  \"fingerprint\": \"{}\",\n  \"semantics\": {},\n", fingerprintText(manifest.fingerprint),
                      manifest.semantics);
  text += fmt::format("  \"epoch\": {},\n  \"epoch_origin\": \"{}\",\n", jsonQuote(manifest.epoch),
                      fingerprintText(manifest.epochOrigin));
  text += fmt::format("  \"featc\": {},\n  \"engine\": {},\n  \"files\": [", jsonQuote(manifest.featc),
                      jsonQuote(manifest.engine));
  for (size_t i = 0; i < manifest.files.size(); ++i) {
    const PackedFile& file = manifest.files[i];
    text += fmt::format("{}\n    {{\"path\": {}, \"bytes\": {}, \"xxh128\": {}}}", i == 0 ? "" : ",",
                        jsonQuote(file.path), file.bytes, jsonQuote(file.xxh128));
  }
  return text + "\n  ]\n}\n";
}

Expected<VersionManifest> parseVersionManifest(std::string_view text, const std::string& file) {
  auto bad = [&](const std::string& why) { return Error(why, ErrorCode::BadModel, file); };
  simdjson::ondemand::parser parser;
  simdjson::padded_string copy = paddedCopy(text);
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (startJson(parser, copy.data(), copy.size(), copy.size() + simdjson::SIMDJSON_PADDING, document) !=
          simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS)
    return bad(fmt::format("{} is not JSON: run featc pack again", file));
  Fields fields(object, file, "");
  if (uint64_t format = fields.number("featc_model"); fields.problem.empty() && format != kFormat)
    return bad(
        fmt::format("{}: featc_model is {}, and this featc reads {}: run featc pack again, or use the featc "
                    "that packed it",
                    file, format, kFormat));
  VersionManifest manifest;
  manifest.model = fields.text("model");
  manifest.fingerprint = fields.digits("fingerprint");
  manifest.semantics = static_cast<uint32_t>(fields.number("semantics"));
  manifest.epoch = fields.text("epoch");
  manifest.epochOrigin = fields.digits("epoch_origin");
  manifest.featc = fields.text("featc");
  manifest.engine = fields.text("engine");
  simdjson::ondemand::array files;
  if (object.find_field_unordered("files").get_array().get(files) != simdjson::SUCCESS) fields.wrong("files", "a list");
  if (!fields.problem.empty()) return bad(fields.problem);
  for (auto element : files) {
    simdjson::ondemand::object entry;
    if (element.get_object().get(entry) != simdjson::SUCCESS) {
      fields.wrong("files", "a list of objects");
      return bad(fields.problem);
    }
    Fields one(entry, file, fmt::format("files[{}].", manifest.files.size()));
    PackedFile& packed = manifest.files.emplace_back();
    packed.path = one.text("path");
    packed.bytes = one.number("bytes");
    packed.xxh128 = one.text("xxh128");
    if (!one.problem.empty()) return bad(one.problem);
  }
  return manifest;
}

Expected<std::vector<PackedFile>> sumFiles(const fs::path& folder) {
  std::vector<PackedFile> files;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const fs::path& path = it->path();
    std::string name = path.lexically_relative(folder).generic_string();
    std::error_code unknown;
    if (it->is_directory(unknown) || isManifest(name)) continue;
    std::optional<PackedFile> sum = it->is_regular_file(unknown) ? sumOf(path) : std::nullopt;
    if (!sum) return Error(fmt::format("{} cannot be read", path.string()), ErrorCode::NoFile, path.string());
    sum->path = std::move(name);
    files.push_back(std::move(*sum));
  }
  if (error)
    return Error(fmt::format("{} cannot be read: {}", folder.string(), error.message()), ErrorCode::NoFile,
                 folder.string());
  std::ranges::sort(files, {}, &PackedFile::path);
  return files;
}

std::vector<std::string> differences(const std::vector<PackedFile>& packed, const std::vector<PackedFile>& found) {
  std::vector<std::string> lines;
  for (const PackedFile& file : packed) {
    auto now = std::ranges::find(found, file.path, &PackedFile::path);
    if (now == found.end())
      lines.push_back(fmt::format("{} is gone", file.path));
    else if (*now != file)
      lines.push_back(fmt::format("{} has {} bytes and the sum {}, not {} bytes and {}", file.path, now->bytes,
                                  now->xxh128, file.bytes, file.xxh128));
  }
  for (const PackedFile& file : found)
    if (std::ranges::find(packed, file.path, &PackedFile::path) == packed.end())
      lines.push_back(fmt::format("{} was added", file.path));
  return lines;
}

}  // namespace featc
