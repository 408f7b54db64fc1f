// SPDX-License-Identifier: Apache-2.0
// CSV that threads read column by column comes out as records that are read one by one.
#include <random>

#include "tests/unit/reader_fixture.h"

namespace featc::test {
namespace {

using Random = std::mt19937_64;

size_t below(Random& random, size_t n) { return static_cast<size_t>(random() % n); }
bool oneOf(Random& random, size_t n) { return below(random, n) == 0; }
template <class T>
const T& anyOf(Random& random, const std::vector<T>& values) {
  return values[below(random, values.size())];
}

std::string digits(Random& random) {
  std::string text;
  for (size_t n = 1 + below(random, oneOf(random, 4) ? 22 : 8); n > 0; --n) text += std::to_string(below(random, 10));
  return text;
}

std::string number(Random& random) {
  static const std::vector<std::string> odd = {
      "+5",    "-",   "--1",   "1e3",  "1E-2", "1e400", "-1e-400", "0x10", "1.5.2", ".",    ".5",  "5.",   "-.5",
      "+.5e1", "1_0", "12a",   "NaN",  "inf",  "nan",   "NULL",    "\\N",  "-0",    "-0.0", "007", "1.0",  "2e0",
      " 1",    "1 ",  "1e-30", "\t12", "０",   "9:30",  "1:",      "/1",   "true",  "1",    "0",   "false"};
  if (oneOf(random, 12)) return anyOf(random, odd);
  std::string text = oneOf(random, 6) ? "-" : "";
  text += digits(random);
  if (oneOf(random, 4)) text.insert(below(random, text.size() + 1), ".");
  return text;
}

std::string text(Random& random) {
  static const std::vector<std::string> odd = {"\\N",  "NULL", "n/a", "nothing", " a",  "a ",  "\"", "a\"b", "?",
                                               "#N/A", "<NA>", "a,b", "a|b",     "a:b", "[1]", "\t", "\r",   "é"};
  if (oneOf(random, 8)) return anyOf(random, odd);
  std::string text;
  for (size_t n = below(random, oneOf(random, 5) ? 90 : 9); n > 0; --n)
    text += static_cast<char>('a' + below(random, 26));
  return text;
}

std::string cell(Random& random, const Type& type, char listDelimiter) {
  if (oneOf(random, 6)) return {};
  if (type.isList() && oneOf(random, 8)) return "[1, 2]";
  if (type.isMap() && oneOf(random, 8)) return "{\"a\": 1}";
  if (type.isList() || type.isMap()) {
    std::string all;
    for (size_t n = below(random, 4); n > 0; --n) {
      if (!all.empty()) all += listDelimiter;
      if (type.isMap()) all += text(random) + ":";
      all += type.isMap() || type.element().isNumber() ? number(random) : oneOf(random, 5) ? "\"\"" : text(random);
    }
    return all;
  }
  return type.is(Kind::String) ? text(random) : number(random);
}

std::string inQuotes(std::string_view text) {
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

// What a file is like: how often something in it is odd.
struct Habits {
  size_t quotesOneOf = 3;
  size_t oddRowOneOf = 20;
  bool windowsEnds = false;
  bool ofPlainCells = false;  // nothing that does not fit its type
};

std::string plainCell(Random& random, const Type& type) {
  if (type.nullable() && oneOf(random, 6)) return {};
  const Type present = type.present();
  if (present.is(Kind::Bool)) return oneOf(random, 2) ? "true" : "0";
  if (present.is(Kind::Int64)) return digits(random).substr(0, 18);
  if (present.is(Kind::Float64)) return digits(random).substr(0, 12) + (oneOf(random, 2) ? ".25" : "");
  if (present.is(Kind::String)) return digits(random) + "x";
  return {};
}

std::string row(Random& random, const ProgramInfo& program, const CsvOptions& options, const Habits& habits) {
  std::string line;
  size_t cells = program.inputs.size();
  if (oneOf(random, habits.oddRowOneOf)) cells += below(random, 3) - (cells > 1 ? 1 : 0);
  if (oneOf(random, habits.oddRowOneOf)) return "";
  for (size_t i = 0; i < cells; ++i) {
    if (i != 0) line += options.delimiter;
    const Type type = program.inputs[std::min(i, program.inputs.size() - 1)].type;
    std::string value = habits.ofPlainCells && !oneOf(random, habits.oddRowOneOf * 4)
                            ? plainCell(random, type)
                            : cell(random, type.present(), options.listDelimiter);
    if (oneOf(random, habits.oddRowOneOf * 10)) value += "\n";
    const bool needs = value.find_first_of(std::string("\"\n\r") + options.delimiter) != std::string::npos;
    if (oneOf(random, habits.quotesOneOf) || (needs && !oneOf(random, habits.oddRowOneOf))) value = inQuotes(value);
    if (oneOf(random, habits.oddRowOneOf * 4)) value = oneOf(random, 2) ? " " + value : value + " ";
    if (oneOf(random, habits.oddRowOneOf * 20)) value += '"';
    line += value;
  }
  return line;
}

CsvOptions anyOptions(Random& random) {
  CsvOptions options = oneOf(random, 4) ? CsvOptions::tsv() : CsvOptions();
  if (oneOf(random, 6)) options.quotes = !options.quotes;
  if (oneOf(random, 6)) options.tellsSpans = options.quotes;
  if (oneOf(random, 8)) options.delimiter = ';';
  if (oneOf(random, 8)) options.listDelimiter = ' ';
  options.trim = oneOf(random, 4);
  options.jsonLists = oneOf(random, 4);
  if (oneOf(random, 5)) options.nulls = {"NULL", "\\N"};
  if (oneOf(random, 10)) options.nulls = {"0", "-1", ""};
  return options;
}

ProgramInfo anyProgram(Random& random) {
  static const std::vector<std::string> types = {
      "int64",      "int64?",  "float64",       "float64?", "string",
      "string?",    "bool?",   "list<string>?", "bool",     "list<int64>?",
      "timestamp?", "string?", "float64?",      "int64?",   "map<string, float64>?"};
  std::vector<std::pair<std::string, std::string>> fields;
  for (size_t n = 1 + below(random, 8), i = 0; i < n; ++i)
    fields.emplace_back((oneOf(random, 3) ? "request.f" : "item.f") + std::to_string(i), anyOf(random, types));
  return info(fields);
}

struct File {
  ProgramInfo program;
  CsvOptions options;
  std::string text;
};

File anyFile(Random& random) {
  File file{anyProgram(random), anyOptions(random), {}};
  static const std::vector<Habits> all = {{3, 20, false, false},  {1, 50, true, false},   {1000, 1000, false, true},
                                          {1000, 60, true, true}, {2, 1000, false, true}, {1000, 3, false, false}};
  const Habits& habits = anyOf(random, all);
  for (size_t i = 0; i < file.program.inputs.size(); ++i)
    file.text += (i == 0 ? "" : std::string(1, file.options.delimiter)) + file.program.inputs[i].name;
  file.text += '\n';
  for (size_t n = below(random, oneOf(random, 4) ? 600 : 40); n > 0; --n) {
    file.text += row(random, file.program, file.options, habits);
    file.text += habits.windowsEnds || oneOf(random, habits.oddRowOneOf) ? "\r\n" : "\n";
  }
  if (oneOf(random, 3)) file.text.pop_back();
  return file;
}

// The first of their items and messages that differ; empty: none does.
std::string difference(const Read& a, const Read& b) {
  auto all = [](const Read& read) {
    std::vector<std::string> all = read.items;
    all.insert(all.end(), read.messages.begin(), read.messages.end());
    const InputCounts& c = read.counts;
    all.push_back(fmt::format("{} {} {} {} {} {}", c.requests, c.items, c.badRequests, c.badItems, c.lostItems,
                              static_cast<int>(read.end)));
    return all;
  };
  const std::vector<std::string> left = all(a);
  const std::vector<std::string> right = all(b);
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string& x = i < left.size() ? left[i] : "nothing";
    const std::string& y = i < right.size() ? right[i] : "nothing";
    if (x != y) return fmt::format("{}\n{}", x, y);
  }
  return {};
}

TEST_CASE("CSV is the same column by column", "[csv]") {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const File file = anyFile(random);
    std::vector<bool> used(file.program.inputs.size());
    for (auto&& isUsed : used) isUsed = !oneOf(random, 3);
    const bool strict = oneOf(random, 8);
    const bool all = oneOf(random, 2);
    auto newReader = [&](DataSink sink) {
      auto reader = newCsvReader(file.program, memorySource(file.text), "in", strict, std::move(sink), file.options);
      if (!all) reader->useOnly(used);
      return reader;
    };
    const Read singly = read(file.program, newReader, 7);
    Read pieces =
        readPieces(file.program, newReader, oneOf(random, 2) ? 4096 : 1 + static_cast<int64_t>(below(random, 50)));
    // A strict reader of larger pieces has taken rows behind the bad one.
    if (strict) pieces.counts = singly.counts;
    INFO("seed " << seed);
    const std::string differs = difference(singly, pieces);
    if (!differs.empty()) FAIL_CHECK(file.text << differs);
    if (!differs.empty()) return;
  }
}

}  // namespace
}  // namespace featc::test
