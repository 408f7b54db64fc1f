// SPDX-License-Identifier: Apache-2.0
// A TOML file whose every key is known: values are asked for by name, and what is wrong with them is collected.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/error.h"

namespace featc {

class TomlTable;

class TomlFile {
 public:
  // A file that does not exist is an empty one.
  explicit TomlFile(std::filesystem::path path);
  // `text` as if it stood in the file.
  TomlFile(std::filesystem::path path, std::string_view text);
  ~TomlFile();
  TomlFile(const TomlFile&) = delete;
  TomlFile& operator=(const TomlFile&) = delete;

  TomlTable root();
  const std::filesystem::path& path() const { return path_; }
  // BadModel with what is wrong, a line `FILE:LINE: text` each, once all was asked for.
  Error error() const;

 private:
  friend class TomlTable;
  struct Parsed;
  void parse(std::string_view text);

  const std::filesystem::path path_;
  std::unique_ptr<Parsed> parsed_;
  std::vector<std::string> problems_;
};

// Lives as long as its file. A value of another type is a problem, and then there is none.
class TomlTable {
 public:
  std::optional<std::string> text(const char* key);
  // A string, or an integer as its digits.
  std::optional<std::string> textOrNumber(const char* key);
  // One of `words`.
  std::optional<std::string> word(const char* key, const std::vector<std::string_view>& words);
  std::optional<int64_t> number(const char* key);
  std::optional<std::vector<std::string>> texts(const char* key);
  // The table, empty where there is none.
  TomlTable table(const char* key);
  // The members of a table that may have any: `[inputs.NAME]`.
  std::vector<std::pair<std::string, TomlTable>> tables(const char* key);
  // The members of a table of numbers that may have any.
  std::vector<std::pair<std::string, int64_t>> numbers(const char* key);
  // Reports keys that nobody asked for.
  void finish();
  // Reports that the value of `key` is wrong.
  void problem(std::string_view key, const std::string& text);

 private:
  friend class TomlFile;
  TomlTable(TomlFile& file, const void* table, std::string name)
      : file_(&file), table_(table), name_(std::move(name)) {}
  const void* find(const char* key);

  TomlFile* file_;
  const void* table_;  // null: empty
  std::string name_;   // `inputs.user`; empty: the whole file
  std::vector<std::string> asked_;
};

}  // namespace featc
