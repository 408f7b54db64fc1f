// SPDX-License-Identifier: Apache-2.0
// fg.json, read with the line of every value.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "fg/json_errors.h"
#include "fg/readers.h"
#include "support/json_document.h"

namespace featc::fg {
namespace {

namespace od = simdjson::ondemand;

// A key that appears twice in one object.
struct Repeated {
  uint32_t line;
  std::string key;
};

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : size_(text.size()) {
    json_.reserve(size_ + simdjson::SIMDJSON_PADDING);
    json_.append(text).append(simdjson::SIMDJSON_PADDING, ' ');
  }

  // Throws simdjson_error.
  Node read() {
    od::document document;
    if (auto error = startJson(parser_, json_.data(), size_, json_.size(), document))
      throw simdjson::simdjson_error(error);
    od::value root = document.get_value();
    Node node = readValue(root);
    // There is no place after the last value.
    if (!document.current_location().error()) throw simdjson::simdjson_error(simdjson::TAPE_ERROR);
    return node;
  }
  uint32_t line() const { return line_; }

 private:
  // Positions only grow, so lines are counted from the last one on.
  uint32_t lineAt(const char* position) {
    const char* from = json_.data() + counted_;
    if (position > from) {
      line_ += static_cast<uint32_t>(std::count(from, position, '\n'));
      counted_ = static_cast<size_t>(position - json_.data());
    }
    return line_;
  }

  Node readValue(od::value value) {
    Node node;
    std::string_view token = value.raw_json_token();
    node.line = lineAt(token.data());
    switch (od::json_type type = value.type(); type) {
      case od::json_type::object:
        node.kind = Node::Kind::Record;
        for (auto entry : value.get_object()) {
          const char* key = entry.key().value().raw();
          std::string name{std::string_view(entry.unescaped_key())};
          if (node.find(name) != nullptr) throw Repeated{lineAt(key), name};
          node.fields.push_back({std::move(name), readValue(entry.value())});
        }
        break;
      case od::json_type::array:
        node.kind = Node::Kind::List;
        for (auto item : value.get_array()) node.items.push_back(readValue(item.value()));
        break;
      case od::json_type::string:
        node.kind = Node::Kind::Text;
        node.text = std::string_view(value.get_string());
        break;
      case od::json_type::number: {
        node.kind = Node::Kind::Number;
        // Checks its form, which the token's text alone would not; integers beyond int64 are fine.
        double number = value.get_double();
        (void)number;
        node.text = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
        break;
      }
      case od::json_type::boolean:
        node.kind = Node::Kind::Bool;
        node.text = bool(value.get_bool()) ? "true" : "false";
        break;
      case od::json_type::null:
        if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
        break;
    }
    return node;
  }

  size_t size_;
  std::string json_;  // padded
  od::parser parser_;
  size_t counted_ = 0;
  uint32_t line_ = 1;
};

}  // namespace

std::optional<Node> readJson(std::string_view text, Messages& messages) {
  JsonReader reader(text);
  try {
    return reader.read();
  } catch (const Repeated& e) {
    messages.error(e.line, fmt::format("\"{}\" appears twice in one object", e.key));
  } catch (const simdjson::simdjson_error& e) {
    Message why = findJsonError(text).value_or(Message{reader.line(), simdjson::error_message(e.error())});
    messages.error(why.line, "this is not valid JSON: " + why.text);
  }
  return std::nullopt;
}

}  // namespace featc::fg
