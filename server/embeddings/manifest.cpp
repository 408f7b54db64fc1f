// SPDX-License-Identifier: Apache-2.0
#include "server/embeddings/manifest.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <vector>

#include "server/embeddings/new_file.h"
#include "server/embeddings/table_layout.h"
#include "support/json_document.h"
#include "support/json_quote.h"

namespace featc {

namespace {

constexpr size_t kMaxNameBytes = 128;

// One object of the manifest, its fields asked for by name. Keeps the first problem.
class Fields {
 public:
  Fields(simdjson::dom::object object, std::string where, std::string& problem)
      : object_(object), where_(std::move(where)), problem_(problem) {}

  std::string text(const char* name) {
    std::string_view out;
    if (object_[name].get(out) != simdjson::SUCCESS) fail(name, "a string");
    return std::string(out);
  }
  uint64_t number(const char* name, uint64_t least, uint64_t most) {
    uint64_t out = 0;
    if (object_[name].get(out) != simdjson::SUCCESS || out < least || out > most)
      fail(name, fmt::format("an integer from {} to {}", least, most));
    return out;
  }
  // 64 bits in hexadecimal digits: JSON's numbers do not hold them everywhere.
  uint64_t sum(const char* name) {
    const std::string digits = text(name);
    const bool isSum = digits.size() == 16 && digits.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!isSum) fail(name, "16 hexadecimal digits");
    return isSum ? std::strtoull(digits.c_str(), nullptr, 16) : 0;
  }
  // Empty where it is no array: simdjson's own must not be walked then.
  std::vector<simdjson::dom::element> array(const char* name) {
    simdjson::dom::array found;
    if (object_[name].get(found) == simdjson::SUCCESS) return {found.begin(), found.end()};
    fail(name, "an array");
    return {};
  }
  void fail(const char* name, std::string_view expected) {
    if (problem_.empty()) problem_ = fmt::format("{}\"{}\": expected {}", where_, name, expected);
  }
  bool isFine() const { return problem_.empty(); }

 private:
  simdjson::dom::object object_;
  std::string where_;
  std::string& problem_;
};

ManifestTable readTable(Fields fields) {
  ManifestTable table;
  table.name = fields.text("name");
  if (!isPlainName(table.name)) fields.fail("name", "a name of letters, digits, `_`, `-` and `.`");
  table.file = fields.text("file");
  if (!isPlainName(table.file)) fields.fail("file", "the name of a file beside the manifest");
  table.dim = static_cast<uint32_t>(fields.number("dim", 1, kMaxDim));
  table.rows = fields.number("rows", 0, kMaxTableRows);
  table.checksum = fields.sum("checksum");
  const std::optional<RowType> type = parseRowType(fields.text("dtype"));
  if (!type) fields.fail("dtype", "float32 or bfloat16");
  table.type = type.value_or(RowType::Float32);
  const std::optional<Combiner> combiner = parseCombiner(fields.text("combiner"));
  if (!combiner) fields.fail("combiner", "sum or mean");
  table.combiner = combiner.value_or(Combiner::Sum);
  if (!fields.isFine()) return table;

  for (simdjson::dom::element element : fields.array("outputs")) {
    std::string_view output;
    if (element.get(output) != simdjson::SUCCESS || output.empty()) fields.fail("outputs", "names of outputs");
    table.outputs.emplace_back(output);
  }
  for (simdjson::dom::element element : fields.array("default")) {
    double number = 0;
    if (element.get(number) != simdjson::SUCCESS || !std::isfinite(static_cast<float>(number)))
      fields.fail("default", "numbers within float32");
    table.defaultRow.push_back(static_cast<float>(number));
  }
  if (table.defaultRow.size() != table.dim)
    fields.fail("default",
                fmt::format("{} numbers, as \"dim\" says, and found {}", table.dim, table.defaultRow.size()));
  return table;
}

// What two tables both have; empty: nothing.
std::string repeated(const EpochManifest& manifest) {
  std::set<std::string_view> names;
  std::set<std::string_view> files;
  std::set<std::string_view> outputs;
  for (const ManifestTable& table : manifest.tables) {
    if (!names.insert(table.name).second) return fmt::format("two tables are called \"{}\"", table.name);
    if (!files.insert(table.file).second) return fmt::format("two tables have the file \"{}\"", table.file);
    for (const std::string& output : table.outputs)
      if (!outputs.insert(output).second) return fmt::format("output \"{}\" has two tables; it can have one", output);
  }
  return {};
}

std::string readManifestText(std::string_view text, EpochManifest& manifest) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded = paddedCopy(text);
  simdjson::dom::object root;
  if (simdjson::error_code error = parser.parse(padded).get(root); error != simdjson::SUCCESS)
    return fmt::format("it is not a JSON object: {}", simdjson::error_message(error));
  std::string problem;
  Fields fields(root, "", problem);
  if (fields.number("featc_embeddings", 0, INT32_MAX) != static_cast<uint64_t>(kManifestVersion) && problem.empty())
    return fmt::format("it has another version of the format, and this featc reads version {}", kManifestVersion);
  manifest.epoch = fields.text("epoch");
  if (!isPlainName(manifest.epoch)) fields.fail("epoch", "a name of letters, digits, `_`, `-` and `.`");
  manifest.origin = fields.sum("origin");
  manifest.sequence = fields.number("sequence", 0, UINT32_MAX);
  if (!fields.isFine()) return problem;
  for (simdjson::dom::element element : fields.array("tables")) {
    simdjson::dom::object table;
    if (element.get(table) != simdjson::SUCCESS) fields.fail("tables", "objects");
    if (!fields.isFine()) break;
    manifest.tables.push_back(readTable(Fields(table, fmt::format("table {}: ", manifest.tables.size() + 1), problem)));
  }
  return fields.isFine() ? repeated(manifest) : problem;
}

}  // namespace

bool isPlainName(std::string_view name) {
  auto isPlain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '.' && std::ranges::all_of(name, isPlain);
}

std::optional<size_t> EpochManifest::tableOf(std::string_view output) const {
  for (size_t i = 0; i < tables.size(); ++i)
    if (std::ranges::find(tables[i].outputs, output) != tables[i].outputs.end()) return i;
  return std::nullopt;
}

std::optional<size_t> EpochManifest::tableNamed(std::string_view name) const {
  for (size_t i = 0; i < tables.size(); ++i)
    if (tables[i].name == name) return i;
  return std::nullopt;
}

std::string manifestText(const EpochManifest& manifest) {
  std::string out = fmt::format(
      "{{\"featc_embeddings\": {}, \"epoch\": {}, \"origin\": \"{:016x}\", \"sequence\": {},\n \"tables\": [",
      kManifestVersion, jsonQuote(manifest.epoch), manifest.origin, manifest.sequence);
  for (size_t i = 0; i < manifest.tables.size(); ++i) {
    const ManifestTable& table = manifest.tables[i];
    std::string outputs;
    for (const std::string& output : table.outputs) outputs += (outputs.empty() ? "" : ", ") + jsonQuote(output);
    out += fmt::format(
        "{}\n  {{\"name\": {}, \"file\": {}, \"outputs\": [{}],\n   \"dim\": {}, \"dtype\": \"{}\", \"combiner\": "
        "\"{}\", \"rows\": {}, \"checksum\": \"{:016x}\",\n   \"default\": [{}]}}",
        i == 0 ? "" : ",", jsonQuote(table.name), jsonQuote(table.file), outputs, table.dim, rowTypeName(table.type),
        combinerName(table.combiner), table.rows, table.checksum, fmt::join(table.defaultRow, ", "));
  }
  return out + "]}\n";
}

Expected<EpochManifest> parseManifest(std::string_view text, const std::string& file) {
  EpochManifest manifest;
  std::string problem = readManifestText(text, manifest);
  if (problem.empty()) return manifest;
  return Error(fmt::format("{}: {}", file, problem), ErrorCode::BadModel, file);
}

Expected<EpochManifest> readManifest(const std::string& folder) {
  const std::string file = fmt::format("{}/{}", folder, kManifestFile);
  Expected<std::string> text = readSmallFile(file);
  if (!text && text.error().code == ErrorCode::NoFile)
    return Error(text.error().message + "; an epoch without a manifest was not built to its end", text.error().code,
                 file);
  if (!text) return text.error();
  return parseManifest(*text, file);
}

}  // namespace featc
