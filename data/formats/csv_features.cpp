// SPDX-License-Identifier: Apache-2.0
// Takes apart what the CSV writer puts together: `|` between values, `id:weight`, `;` between elements.
#include "data/formats/csv_features.h"

#include <fmt/format.h>

#include <charconv>

#include "values/value.h"

namespace featc {
namespace {

// As featc writes it: TSV without quotes.
CsvOptions writtenAs(char delimiter) {
  CsvOptions options = delimiter == '\t' ? CsvOptions::tsv() : CsvOptions();
  options.delimiter = delimiter;
  options.maxRecordBytes = size_t{1} << 30U;
  return options;
}

template <class Take>
bool split(std::string_view text, char delimiter, Take take) {
  for (;;) {
    size_t end = text.find(delimiter);
    if (!take(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

template <class T>
bool parse(std::string_view text, T& out) {
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

bool parseId(std::string_view text, CsvFeature& out) {
  size_t colon = text.find(':');
  uint64_t id = 0;
  if (!parse(text.substr(0, colon), id)) return false;
  out.ids.push_back(id);
  if (colon == std::string_view::npos) return out.weights.empty();
  return parse(text.substr(colon + 1), out.weights.emplace_back()) && out.weights.size() == out.ids.size();
}

bool parseValue(std::string_view text, const OutputInfo& output, CsvFeature& out) {
  if (output.kind == OutputKind::Dense)
    return split(text, '|', [&](std::string_view part) { return parse(part, out.numbers.emplace_back()); });
  // An element of a group without an id is written as 0, which is not an id.
  if (text.empty() || (!output.group.empty() && text == "0")) return true;
  return split(text, '|', [&](std::string_view part) { return parseId(part, out); });
}

bool parseCell(std::string_view text, const OutputInfo& output, std::vector<CsvFeature>& out) {
  if (output.group.empty()) return parseValue(text, output, out.emplace_back());
  if (text.empty()) return true;
  return split(text, ';', [&](std::string_view part) { return parseValue(part, output, out.emplace_back()); });
}

}  // namespace

CsvFeatureReader::CsvFeatureReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source, char delimiter)
    : outputs_(info.outputs),
      options_(writtenAs(delimiter)),
      window_(std::move(source)),
      records_(window_, options_),
      features_(outputs_.size()) {}

bool CsvFeatureReader::fail(std::string problem) {
  error_ = fmt::format("line {}: {}", records_.line(), problem);
  return false;
}

bool CsvFeatureReader::readHeader() {
  if (!records_.next()) return fail("the header is missing");
  if (records_.cells().size() != outputs_.size())
    return fail("the header has other columns than the config has outputs");
  for (size_t i = 0; i < outputs_.size(); ++i)
    if (records_.cells()[i].text != outputs_[i].name)
      return fail(fmt::format("the column {} should be {}", quote(records_.cells()[i].text), quote(outputs_[i].name)));
  return true;
}

bool CsvFeatureReader::next() {
  if (!error_.empty() || (!begun_ && !readHeader())) return false;
  begun_ = true;
  if (!records_.next()) return window_.error().empty() ? false : fail(window_.error());
  if (records_.problem() != nullptr) return fail(records_.problem());
  if (records_.cells().size() != outputs_.size()) return fail("other columns than in the header");
  for (size_t i = 0; i < outputs_.size(); ++i) {
    features_[i].clear();
    std::string_view text = records_.cells()[i].text;
    if (!parseCell(text, outputs_[i], features_[i]))
      return fail(fmt::format("{}: {} is not one of its values", outputs_[i].name, quote(text.substr(0, 60))));
  }
  return true;
}

}  // namespace featc
