// SPDX-License-Identifier: Apache-2.0
// What both forms of FG's config are read into: records, lists and scalars that know their line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fg/messages.h"

namespace featc::fg {

struct Node {
  enum class Kind : uint8_t { Null, Bool, Number, Text, List, Record };
  struct Field;

  Kind kind = Kind::Null;
  uint32_t line = 0;          // from 1
  std::string text;           // Text: its content; Number: as written; Bool: `true` or `false`
  std::vector<Node> items;    // List
  std::vector<Field> fields;  // Record, in the order of the file
  // Of a feature that is translated from another form: what was wrong with it there, and what is to be noted of it.
  Messages said{};

  bool isScalar() const { return kind == Kind::Bool || kind == Kind::Number || kind == Kind::Text; }
  bool isTrue() const { return kind == Kind::Bool && text == "true"; }
  const Node* find(std::string_view name) const;
  // A list's items, or the one scalar or record that stands where a list may.
  std::vector<const Node*> each() const;

  static Node ofText(std::string text, uint32_t line);
  static Node ofBool(bool value, uint32_t line);
  static Node ofNumber(std::string digits, uint32_t line);
  // Replaces the field or adds it.
  void set(std::string_view name, Node value);
  void remove(std::string_view name);
};

struct Node::Field {
  std::string name;
  Node value;
};

// Numbers in any form that C writes, `inf` and `nan` excepted.
std::optional<double> numberOf(std::string_view text);
std::optional<int64_t> integerOf(std::string_view text);
// Digits alone, and a sign: what `int` of a text reads.
bool isWholeNumber(std::string_view text);

}  // namespace featc::fg
