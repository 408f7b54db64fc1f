// SPDX-License-Identifier: Apache-2.0
// The input columns of an import: which there are, on which side, of which type.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fg/messages.h"
#include "values/type.h"

namespace featc::fg {

// One of a feature's inputs: `user:age`, `const:1`, `feature:clicks`.
struct Input {
  std::string side;  // user item context const feature
  std::string name;
  uint32_t line = 0;
  bool sequence = false;  // one element a position of the sequence
  // Within a sequence group, of a sequence: what stands for its element, `it`, and of which type.
  std::string element{};
  Type elementType{};

  bool isElement() const { return !element.empty(); }
  bool isFeature() const { return side == "feature" && !isElement(); }
  bool isColumn() const { return isElement() || (side != "const" && side != "feature"); }
  bool isRequest() const { return side == "user"; }
};

class Columns {
 public:
  // What --schema says of a column: by `name`, or `user:name` where both sides have one.
  void declare(const std::string& name, Type type) { declared_[name] = type; }
  // A feature reads the column, best as `type` where nothing is declared. Of several wishes text wins.
  void want(const Input& input, Type type);
  Type typeOf(const Input& input) const;
  // `request.age`
  static std::string reference(const Input& input);
  // The `request` and `item` blocks.
  std::string schemaText() const;
  bool anyBeginsWith(std::string_view prefix) const;
  // Columns that were declared and are not used.
  std::vector<std::string> unused() const;

 private:
  using Key = std::pair<bool, std::string>;  // of the request?, name
  const Type* declared(const Key& key) const;

  std::map<std::string, Type> declared_;
  std::map<Key, Type> wanted_;
};

}  // namespace featc::fg
