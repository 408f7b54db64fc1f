// SPDX-License-Identifier: Apache-2.0
// Types of input columns, declared or chosen.
#include "fg/columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "fg/text.h"

namespace featc::fg {

void Columns::want(const Input& input, Type type) {
  Key key{input.isRequest(), input.name};
  auto [it, added] = wanted_.emplace(key, type);
  if (!added && !(it->second == type)) it->second = Type::string().withNullable();
}

const Type* Columns::declared(const Key& key) const {
  for (const std::string& name :
       {(key.first ? "user:" : "item:") + key.second, (key.first ? "request." : "item.") + key.second, key.second})
    if (auto it = declared_.find(name); it != declared_.end()) return &it->second;
  return nullptr;
}

Type Columns::typeOf(const Input& input) const {
  if (input.isElement()) return input.elementType;
  Key key{input.isRequest(), input.name};
  const Type* type = declared(key);
  return type != nullptr ? *type : wanted_.at(key);
}

std::string Columns::reference(const Input& input) {
  if (input.isElement()) return input.element;
  return (input.isRequest() ? "request." : "item.") + nameText(input.name);
}

std::string Columns::schemaText() const {
  std::string text;
  for (bool request : {true, false}) {
    size_t width = 0;
    for (const auto& [key, type] : wanted_)
      if (key.first == request) width = std::max(width, nameText(key.second).size());
    if (width == 0) continue;
    text += request ? "request {\n" : "item {\n";
    for (const auto& [key, type] : wanted_) {
      if (key.first != request) continue;
      const Type* said = declared(key);
      text += fmt::format("  {:<{}} : {}\n", nameText(key.second), width, toString(said != nullptr ? *said : type));
    }
    text += "}\n\n";
  }
  return text;
}

bool Columns::anyBeginsWith(std::string_view prefix) const {
  return std::any_of(wanted_.begin(), wanted_.end(),
                     [&](const auto& column) { return column.first.second.starts_with(prefix); });
}

std::vector<std::string> Columns::unused() const {
  std::vector<std::string> out;
  for (const auto& [name, type] : declared_) {
    bool used = std::any_of(wanted_.begin(), wanted_.end(),
                            [&](const auto& wanted) { return declared(wanted.first) == &type; });
    if (!used) out.push_back(name);
  }
  return out;
}

}  // namespace featc::fg
