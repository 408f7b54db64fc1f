// SPDX-License-Identifier: Apache-2.0
// Takes rows of stores apart.
#include "runtime/io/store_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/io/json_value.h"

namespace featc {

namespace {

constexpr size_t kMaxWarnings = 1000;

bool appendKey(const Value& value, std::string& text) {
  if (value.isBool()) return appendKeyPart(text, value.asBool());
  if (value.isInt()) return appendKeyPart(text, value.asInt());
  if (value.isFloat()) return appendKeyPart(text, value.asFloat());
  return appendKeyPart(text, Str::of(value.asString()));
}

}  // namespace

void ReplacedRows::add(uint64_t by, uint64_t replaced) {
  ++count;
  if (line != 0 && line <= by) return;
  line = by;
  earlier = replaced;
}

std::string ReplacedRows::text(std::string_view source) const {
  if (count == 0) return {};
  return fmt::format("{} of source {} replaced an earlier one with the same key, first line {} that of line {}",
                     count == 1 ? "1 row" : fmt::format("{} rows", count), quote(source), line, earlier);
}

struct StoreRowReader::Parser {
  simdjson::dom::parser parser;
  simdjson::dom::object object;  // of the line
};

StoreRowReader::StoreRowReader(std::span<const SourceInfo> sources)
    : sources_(sources), parser_(std::make_unique<Parser>()) {
  for (const SourceInfo& source : sources_) patterns_.emplace_back(source);
}

StoreRowReader::~StoreRowReader() = default;

StoreRowReader::Row StoreRowReader::read(std::string_view text) {
  problem_.clear();
  simdjson::dom::element line;
  simdjson::dom::object& object = parser_->object;
  std::string_view name;
  if (auto code = parser_->parser.parse(text.data(), text.size()).get(line))
    problem_ = jsonErrorText(code);
  else if (line.get(object) != simdjson::SUCCESS)
    problem_ = "expected an object";
  else if (object["source"].get(name) != simdjson::SUCCESS)
    problem_ = "expected a \"source\" with a name";
  if (!problem_.empty()) return Row::Bad;

  auto source = std::ranges::find(sources_, name, &SourceInfo::name);
  if (source == sources_.end()) {
    warnOnce(fmt::format("rows of source {}, which no config declares, are left out", quote(name)));
    return Row::Foreign;
  }
  source_ = static_cast<size_t>(source - sources_.begin());
  problem_ = readObject();
  if (problem_.empty()) problem_ = renderKey();
  return problem_.empty() ? Row::Taken : Row::Bad;
}

std::string StoreRowReader::readObject() {
  const SourceInfo& source = sources_[source_];
  keys_.assign(source.keys.size(), Value());
  values_.assign(source.fields.size(), Value());
  bool first = true;
  for (auto [name, element] : parser_->object) {
    // The first member of that name said which source this is; a field may be called so too.
    if (first && name == "source") {
      first = false;
      continue;
    }
    auto key = std::ranges::find(source.keys, name, &SourceField::name);
    auto field = std::ranges::find(source.fields, name, &SourceField::name);
    if (key != source.keys.end()) {
      Value& value = keys_[static_cast<size_t>(key - source.keys.begin())];
      if (JsonError error = readJson(element, key->type, value); !error.empty())
        return fmt::format("{}.{}: {}", source.name, name, error);
    }
    if (field != source.fields.end()) {
      Value& value = values_[static_cast<size_t>(field - source.fields.begin())];
      if (JsonError error = readJson(element, field->type, value); !error.empty())
        return fmt::format("{}.{}: {}", source.name, name, error);
    }
    auto list = std::ranges::find(source.fields, name, &SourceField::structList);
    if (!name.empty() && list != source.fields.end() && field == source.fields.end()) {
      field = list;
      StructList members = structListOf(source.fields, static_cast<size_t>(list - source.fields.begin()));
      if (JsonError error = readJsonStructs(element, std::span(source.fields).subspan(members.first, members.members),
                                            std::span(values_).subspan(members.first, members.members));
          !error.empty())
        return fmt::format("{}.{}: {}", source.name, name, error);
    }
    if (key == source.keys.end() && field == source.fields.end() && name != "source")
      warnOnce(
          fmt::format("field {} of source {}, which no config declares, is left out", quote(name), quote(source.name)));
  }
  return {};
}

std::string StoreRowReader::renderKey() {
  const SourceInfo& source = sources_[source_];
  for (size_t i = 0; i < keys_.size(); ++i)
    if (keys_[i].isMissing()) return fmt::format("{}.{}: the key is missing", source.name, source.keys[i].name);
  key_.clear();
  patterns_[source_].render(key_, [&](uint32_t i, std::string& text) { return appendKey(keys_[i], text); });
  return {};
}

void StoreRowReader::warnOnce(std::string text) {
  if (warned_.size() < kMaxWarnings && warned_.insert(text).second) warnings_.push_back(std::move(text));
}

}  // namespace featc
