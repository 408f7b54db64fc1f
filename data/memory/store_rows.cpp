// SPDX-License-Identifier: Apache-2.0
// Takes rows of stores apart.
#include "data/memory/store_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "data/json/json_value.h"

namespace featc {

namespace {

constexpr size_t kMaxWarnings = 1000;

bool appendKey(const Value& value, std::string& text) {
  if (value.isBool()) return appendKeyPart(text, value.asBool());
  if (value.isInt()) return appendKeyPart(text, value.asInt());
  if (value.isFloat()) return appendKeyPart(text, value.asFloat());
  return appendKeyPart(text, Str::of(value.asString()));
}

size_t notePlaces(std::span<const SourceInfo> sources) {
  size_t places = 0;
  for (const SourceInfo& source : sources) places += source.keys.size() + source.fields.size();
  return places;
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
    : sources_(sources), parser_(std::make_unique<Parser>()), notes_(notePlaces(sources)) {
  for (const SourceInfo& source : sources_) {
    patterns_.emplace_back(source);
    firstNote_.push_back(noteNames_.size());
    for (const SourceField& key : source.keys) noteNames_.push_back(fmt::format("{}.{}", source.name, key.name));
    for (const SourceField& field : source.fields)
      noteNames_.push_back(fmt::format("{}.{}", source.name, field.structList.empty() ? field.name : field.structList));
  }
}

StoreRowReader::~StoreRowReader() = default;

StoreRowReader::Row StoreRowReader::read(std::string_view text, uint64_t number) {
  problem_.clear();
  simdjson::dom::element line;
  simdjson::dom::object& object = parser_->object;
  std::string_view name;
  // What semantics 1 refuses and later ones read: integers beyond 64 bits as floats.
  std::string refused;
  if (auto code = parseJson(parser_->parser, text, false, line)) {
    refused = jsonErrorText(code);
    if (parseJson(parser_->parser, text, true, line) != simdjson::SUCCESS) problem_ = refused;
  }
  if (!problem_.empty()) return Row::Bad;
  if (line.get(object) != simdjson::SUCCESS)
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
  problem_ = source->semantics >= 2 || refused.empty() ? readObject(number) : refused;
  if (problem_.empty()) problem_ = renderKey();
  return problem_.empty() ? Row::Taken : Row::Bad;
}

std::string StoreRowReader::readObject(uint64_t number) {
  const SourceInfo& source = sources_[source_];
  keys_.assign(source.keys.size(), Value());
  values_.assign(source.fields.size(), Value());
  auto note = [&](size_t place, const WideIntegers& wide) {
    for (uint64_t i = 0; i < wide.count; ++i)
      notes_.add(NoteKind::WideInteger, firstNote_[source_] + place, number, std::to_string(wide.first));
  };
  bool first = true;
  for (auto [name, element] : parser_->object) {
    // The first member of that name said which source this is; a field may be called so too.
    if (first && name == "source") {
      first = false;
      continue;
    }
    auto key = std::ranges::find(source.keys, name, &SourceField::name);
    auto field = std::ranges::find(source.fields, name, &SourceField::name);
    WideIntegers wide{source.semantics >= 2};
    if (key != source.keys.end()) {
      auto place = static_cast<size_t>(key - source.keys.begin());
      if (JsonError error = readJson(element, key->type, keys_[place], wide); !error.empty())
        return fmt::format("{}.{}: {}", source.name, name, error);
      note(place, std::exchange(wide, {wide.taken}));
    }
    if (field != source.fields.end()) {
      auto place = static_cast<size_t>(field - source.fields.begin());
      if (JsonError error = readJson(element, field->type, values_[place], wide); !error.empty())
        return fmt::format("{}.{}: {}", source.name, name, error);
      if (key == source.keys.end()) note(source.keys.size() + place, wide);
    }
    auto list = std::ranges::find(source.fields, name, &SourceField::structList);
    if (!name.empty() && list != source.fields.end() && field == source.fields.end()) {
      field = list;
      StructList members = structListOf(source.fields, static_cast<size_t>(list - source.fields.begin()));
      if (JsonError error = readJsonStructs(element, std::span(source.fields).subspan(members.first, members.members),
                                            std::span(values_).subspan(members.first, members.members), wide);
          !error.empty())
        return fmt::format("{}.{}: {}", source.name, name, error);
      note(source.keys.size() + members.first, wide);
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

std::vector<std::string> StoreRowReader::warnings() const {
  std::vector<std::string> all = warnings_;
  for (const DataNote& note : notes_.list()) all.push_back(noteText(note, noteNames_[note.field]));
  return all;
}

void StoreRowReader::warnOnce(std::string text) {
  if (warned_.size() < kMaxWarnings && warned_.insert(text).second) warnings_.push_back(std::move(text));
}

}  // namespace featc
