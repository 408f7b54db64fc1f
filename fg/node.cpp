// SPDX-License-Identifier: Apache-2.0
// Access to the parts of a config that was read.
#include "fg/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace featc::fg {

const Node* Node::find(std::string_view name) const {
  auto it = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  return it == fields.end() || it->value.kind == Kind::Null ? nullptr : &it->value;
}

std::vector<const Node*> Node::each() const {
  std::vector<const Node*> out;
  if (kind == Kind::List) {
    for (const Node& item : items) out.push_back(&item);
  } else if (kind != Kind::Null) {
    out.push_back(this);
  }
  return out;
}

namespace {
Node scalar(Node::Kind kind, std::string text, uint32_t line) {
  Node node;
  node.kind = kind;
  node.line = line;
  node.text = std::move(text);
  return node;
}

template <class T>
std::optional<T> parsed(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}
}  // namespace

Node Node::ofText(std::string text, uint32_t line) { return scalar(Kind::Text, std::move(text), line); }
Node Node::ofBool(bool value, uint32_t line) { return scalar(Kind::Bool, value ? "true" : "false", line); }
Node Node::ofNumber(std::string digits, uint32_t line) { return scalar(Kind::Number, std::move(digits), line); }

void Node::set(std::string_view name, Node value) {
  auto it = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  if (it == fields.end())
    fields.push_back({std::string(name), std::move(value)});
  else
    it->value = std::move(value);
}
void Node::remove(std::string_view name) {
  fields.erase(std::remove_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; }),
               fields.end());
}

std::optional<double> numberOf(std::string_view text) {
  auto value = parsed<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}
std::optional<int64_t> integerOf(std::string_view text) {
  if (auto value = parsed<int64_t>(text)) return value;
  auto real = numberOf(text);
  if (real && *real == std::trunc(*real) && std::abs(*real) < 9.2e18) return static_cast<int64_t>(*real);
  return std::nullopt;
}
bool isWholeNumber(std::string_view text) {
  auto value = parsed<int64_t>(text);
  return value && std::to_string(*value) == text;
}

}  // namespace featc::fg
