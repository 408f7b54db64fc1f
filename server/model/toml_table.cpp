// SPDX-License-Identifier: Apache-2.0
// TOML through toml++, which only this file knows: its templates take long to compile.
#include "server/model/toml_table.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_HEADER_ONLY 1
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>

#include "server/embeddings/new_file.h"
#include "support/suggest.h"

namespace featc {
namespace {

const toml::table* asTable(const void* table) { return static_cast<const toml::table*>(table); }

std::string typeName(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    default: return "a date or time";
  }
}

}  // namespace

struct TomlFile::Parsed {
  toml::table root;
};

TomlFile::TomlFile(std::filesystem::path path) : path_(std::move(path)), parsed_(std::make_unique<Parsed>()) {
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) return;
  Expected<std::string> text = readSmallFile(path_.string());
  if (text)
    parse(*text);
  else
    problems_.push_back(text.error().message);
}

TomlFile::TomlFile(std::filesystem::path path, std::string_view text)
    : path_(std::move(path)), parsed_(std::make_unique<Parsed>()) {
  parse(text);
}

void TomlFile::parse(std::string_view text) {
  toml::parse_result result = toml::parse(text, path_.string());
  if (result)
    parsed_->root = std::move(result).table();
  else
    problems_.push_back(
        fmt::format("{}:{}: {}", path_.string(), result.error().source().begin.line, result.error().description()));
}

TomlFile::~TomlFile() = default;

Error TomlFile::error() const {
  if (problems_.empty()) return {};
  return {fmt::format("{}", fmt::join(problems_, "\n")), ErrorCode::BadModel, path_.string()};
}

TomlTable TomlFile::root() { return {*this, &parsed_->root, ""}; }

const void* TomlTable::find(const char* key) {
  asked_.emplace_back(key);
  return table_ == nullptr ? nullptr : asTable(table_)->get(key);
}

void TomlTable::problem(std::string_view key, const std::string& text) {
  const toml::node* node = table_ == nullptr ? nullptr : asTable(table_)->get(key);
  std::string place = file_->path_.string();
  if (node != nullptr) place += fmt::format(":{}", node->source().begin.line);
  file_->problems_.push_back(fmt::format("{}: {}{}{}: {}", place, name_, name_.empty() ? "" : ".", key, text));
}

std::optional<std::string> TomlTable::text(const char* key) {
  const auto* node = static_cast<const toml::node*>(find(key));
  if (node == nullptr) return std::nullopt;
  if (std::optional<std::string> value = node->value_exact<std::string>()) return value;
  problem(key, fmt::format("expected a string, not {}", typeName(*node)));
  return std::nullopt;
}

std::optional<std::string> TomlTable::textOrNumber(const char* key) {
  const auto* node = static_cast<const toml::node*>(find(key));
  if (node == nullptr) return std::nullopt;
  if (std::optional<std::string> value = node->value_exact<std::string>()) return value;
  if (std::optional<int64_t> value = node->value_exact<int64_t>()) return std::to_string(*value);
  problem(key, fmt::format("expected a string or an integer, not {}", typeName(*node)));
  return std::nullopt;
}

std::optional<std::string> TomlTable::word(const char* key, const std::vector<std::string_view>& words) {
  std::optional<std::string> value = text(key);
  if (!value || std::ranges::find(words, *value) != words.end()) return value;
  problem(key, fmt::format("expected \"{}\", not \"{}\"", fmt::join(words, "\" or \""), *value));
  return std::nullopt;
}

std::optional<int64_t> TomlTable::number(const char* key) {
  const auto* node = static_cast<const toml::node*>(find(key));
  if (node == nullptr) return std::nullopt;
  if (std::optional<int64_t> value = node->value_exact<int64_t>()) return value;
  problem(key, fmt::format("expected an integer, not {}", typeName(*node)));
  return std::nullopt;
}

std::optional<std::vector<std::string>> TomlTable::texts(const char* key) {
  const auto* node = static_cast<const toml::node*>(find(key));
  if (node == nullptr) return std::nullopt;
  const toml::array* array = node->as_array();
  std::vector<std::string> values;
  if (array != nullptr)
    for (const toml::node& element : *array)
      if (std::optional<std::string> value = element.value_exact<std::string>()) values.push_back(*value);
  if (array != nullptr && values.size() == array->size()) return values;
  problem(key, "expected a list of strings, such as [\"a\", \"b\"]");
  return std::nullopt;
}

TomlTable TomlTable::table(const char* key) {
  const auto* node = static_cast<const toml::node*>(find(key));
  std::string name = name_.empty() ? key : name_ + "." + key;
  if (node != nullptr && !node->is_table()) problem(key, fmt::format("expected a table, not {}", typeName(*node)));
  return {*file_, node == nullptr ? nullptr : node->as_table(), std::move(name)};
}

std::vector<std::pair<std::string, TomlTable>> TomlTable::tables(const char* key) {
  TomlTable all = table(key);
  std::vector<std::pair<std::string, TomlTable>> members;
  if (all.table_ == nullptr) return members;
  for (const auto& [name, node] : *asTable(all.table_)) {
    std::string member(name.str());
    if (!node.is_table()) {
      all.problem(member, fmt::format("expected a table, not {}", typeName(node)));
      continue;
    }
    members.emplace_back(member, TomlTable(*file_, node.as_table(), all.name_ + "." + member));
  }
  return members;
}

std::vector<std::pair<std::string, int64_t>> TomlTable::numbers(const char* key) {
  TomlTable all = table(key);
  std::vector<std::pair<std::string, int64_t>> members;
  if (all.table_ == nullptr) return members;
  for (const auto& [name, node] : *asTable(all.table_)) {
    std::string member(name.str());
    if (std::optional<int64_t> value = all.number(member.c_str())) members.emplace_back(member, *value);
  }
  return members;
}

void TomlTable::finish() {
  if (table_ == nullptr) return;
  std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const auto& [name, node] : *asTable(table_)) {
    std::string key(name.str());
    if (std::ranges::find(asked_, key) != asked_.end()) continue;
    std::optional<std::string> nearest = nearestName(key, known);
    problem(key, nearest ? fmt::format("there is no such key; did you mean \"{}\"?", *nearest)
                         : fmt::format("there is no such key; the keys here are: {}", fmt::join(known, " ")));
  }
}

}  // namespace featc
