// SPDX-License-Identifier: Apache-2.0
#include "tools/table_spec.h"

#include <fmt/format.h>

#include <charconv>
#include <span>

#include "server/embeddings/build/numpy_rows.h"
#include "server/embeddings/manifest.h"
#include "support/suggest.h"
#include "tools/arrow_files.h"
#include "tools/input_formats.h"

namespace featc {

namespace {

constexpr std::string_view kRowKeys[] = {"rows", "ids", "vectors", "id", "vector"};
constexpr std::string_view kKeys[] = {"rows",    "ids",      "vectors", "id",     "vector",
                                      "outputs", "combiner", "dtype",   "default"};

std::vector<std::string_view> parts(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const size_t end = text.find(separator);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::optional<DefaultRow> parseDefault(std::string_view text) {
  if (text == "zeros") return DefaultRow{};
  if (text == "mean") return DefaultRow{DefaultRow::Kind::Mean};
  DefaultRow out{DefaultRow::Kind::RowOfId};
  if (!text.starts_with("id:")) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data() + 3, text.data() + text.size(), out.id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// What is wrong; empty: nothing.
std::string take(TableSpec& spec, std::string_view key, std::string_view value) {
  auto half = [&](std::string RowFiles::* mine, std::string RowFiles::* other) {
    const bool completes =
        !spec.files.empty() && (spec.files.back().*mine).empty() && !(spec.files.back().*other).empty();
    if (!completes) spec.files.emplace_back();
    spec.files.back().*mine = value;
  };
  if (value.empty()) return fmt::format("{}= has no value", key);
  if (key == "rows") spec.files.push_back({.rows = std::string(value)});
  if (key == "ids") half(&RowFiles::ids, &RowFiles::vectors);
  if (key == "vectors") half(&RowFiles::vectors, &RowFiles::ids);
  if (key == "id") spec.columns.id = value;
  if (key == "vector") spec.columns.vector = value;
  if (key == "outputs") {
    for (std::string_view output : parts(value, '+')) spec.outputs.emplace_back(output);
  }
  if (key == "dtype") {
    const std::optional<RowType> type = parseRowType(value);
    if (!type) return fmt::format("dtype={}: expected float32 or bfloat16", value);
    spec.type = *type;
  }
  if (key == "combiner") {
    const std::optional<Combiner> combiner = parseCombiner(value);
    if (!combiner) return fmt::format("combiner={}: expected sum or mean", value);
    spec.combiner = *combiner;
  }
  if (key == "default") {
    const std::optional<DefaultRow> row = parseDefault(value);
    if (!row) return fmt::format("default={}: expected zeros, mean, or id:N for the row of id N", value);
    spec.defaultRow = *row;
  }
  return {};
}

std::string read(std::string_view text, std::span<const std::string_view> keys, TableSpec& spec) {
  std::vector<std::string_view> all = parts(text, ',');
  spec.name = all.front();
  if (!isPlainName(spec.name))
    return "it begins with the table's name, of letters, digits, `_`, `-` and `.`: city,rows=city.parquet";
  all.erase(all.begin());
  for (std::string_view part : all) {
    const size_t equals = part.find('=');
    const std::string_view key = part.substr(0, equals);
    bool isKnown = false;
    for (std::string_view known : keys) isKnown = isKnown || key == known;
    if (!isKnown) {
      const std::optional<std::string> nearest = nearestName(key, keys);
      return fmt::format("unknown key \"{}\"{}; the keys are {}", key,
                         nearest ? fmt::format(" (did you mean \"{}\"?)", *nearest) : "", fmt::join(keys, ", "));
    }
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (std::string problem = take(spec, key, value); !problem.empty()) return problem;
  }
  if (spec.files.empty()) return "it names no rows: rows=FILE, or ids=FILE,vectors=FILE";
  for (const RowFiles& files : spec.files)
    if (files.rows.empty() && (files.ids.empty() || files.vectors.empty())) return "ids= and vectors= come in pairs";
  if (spec.outputs.empty()) spec.outputs.push_back(spec.name);
  return {};
}

}  // namespace

Expected<TableSpec> parseTableSpec(std::string_view text, bool rowsOnly) {
  TableSpec spec;
  std::span<const std::string_view> keys = kKeys;
  if (rowsOnly) keys = kRowKeys;
  std::string problem = read(text, keys, spec);
  if (problem.empty()) return spec;
  return Error(fmt::format("table \"{}\": {}", text, problem), ErrorCode::BadArgument);
}

Expected<std::unique_ptr<RowSource>> openRows(const RowFiles& files, const RowColumns& columns) {
  if (files.rows.empty()) return openNumpyRows(files.ids, files.vectors);
  const InputFormat* format = inputFormatOf(files.rows);
  const std::string_view name = format == nullptr ? "" : format->name;
  if (name != "parquet" && name != "arrow")
    return Error(
        fmt::format(
            "{}: rows are read from Parquet (.parquet, .pq) and Arrow (.arrow, .arrows, .feather, .ipc), and from "
            "NumPy with ids=FILE.npy,vectors=FILE.npy",
            files.rows),
        ErrorCode::BadArgument, files.rows);
  Expected<ArrowInput> in = openArrowFile(files.rows, name);
  if (!in) return Error(fmt::format("{}: {}", files.rows, in.error().message), in.error().code, files.rows);
  return openArrowRows(*std::move(in), files.rows, columns);
}

}  // namespace featc
