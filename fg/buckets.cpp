// SPDX-License-Identifier: Apache-2.0
// The ends of features: normalizers, bucketizers and the lines that emit.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "fg/builder.h"
#include "fg/expression.h"
#include "fg/text.h"
#include "frontend/config_file.h"
#include "values/hash.h"

namespace featc::fg {
namespace {

constexpr auto kMaxPayload = static_cast<int64_t>(kPayloadMask);
// Up to which float32 holds every whole number.
constexpr int64_t kMostExact = int64_t{1} << 24U;

// `method=log10,threshold=1e-10`, an `expr` taking the rest.
std::map<std::string, std::string> normalizerKeys(std::string_view text) {
  std::map<std::string, std::string> keys;
  while (!text.empty()) {
    size_t equals = text.find('=');
    if (equals == std::string_view::npos) return {};
    std::string key(text.substr(0, equals));
    key.erase(std::remove(key.begin(), key.end(), ' '), key.end());
    text.remove_prefix(equals + 1);
    size_t end = key == "expr" ? text.size() : std::min(text.find(','), text.size());
    std::string_view value = text.substr(0, end);
    size_t begin = std::min(value.find_first_not_of(' '), value.size());
    keys[key] = value.substr(begin, value.find_last_not_of(' ') + 1 - begin);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return keys;
}

}  // namespace

std::optional<int64_t> payloadOf(std::string_view text) {
  auto number = integerOf(text);
  return number && *number >= 0 && *number <= kMaxPayload ? number : std::nullopt;
}

std::string FeatureBuilder::normalized(const std::string& number, Width width) {
  std::string said = text("normalizer");
  if (said.empty()) return number;
  auto keys = normalizerKeys(said);
  uint32_t line = find("normalizer")->line;
  if (keys.count("method") == 0)
    refuse(fmt::format("its normalizer \"{}\" is not of the form method=NAME,key=value", said), line);
  auto parameter = [&](const std::string& key, std::string_view fallback = "") {
    auto it = keys.find(key);
    std::string value(it == keys.end() ? fallback : it->second);
    if (!numberOf(value)) refuse(fmt::format("its normalizer \"{}\" lacks a number for \"{}\"", said, key), line);
    keys.erase(key);
    return float32Of(fmt::format("normalizer's {}", key), value, line);
  };
  std::string method = keys["method"];
  keys.erase("method");
  bool isFloat32 = width == Width::Float32;
  std::string x = isFloat32 ? fmt::format("float32({})", number) : number;
  // What comes out is rounded where it is bucketized, read or emitted.
  auto scaled = [&](double from, double by) {
    if (from == 0) return fmt::format("{} / {}", x, constantText(by));
    return fmt::format(fmt::runtime(isFloat32 ? "float32({} - {}) / {}" : "({} - {}) / {}"), x, constantText(from),
                       constantText(by));
  };
  std::string code;
  if (method == "log10") {
    double threshold = parameter("threshold", "1");
    double absent = parameter("default", "0");
    if (threshold < 0) refuse("its normalizer's threshold is below 0, and FG's logarithm of that is not known", line);
    if (isFloat32)
      assume(
          "the log10 of a column of numbers: FG's may differ in the last place of float32, and so may the bin of a "
          "number on an edge; here it is the nearest one");
    code = fmt::format("log10_or({}, {}, {})", x, constantText(threshold), constantText(absent));
  } else if (method == "zscore") {
    double mean = parameter("mean");
    double deviation = parameter("standard_deviation");
    if (deviation == 0) refuse("its normalizer divides by a standard_deviation of 0 in float32", line);
    code = isFloat32 ? scaled(mean, deviation)
                     : fmt::format("zscore({}, {}, {})", x, constantText(mean), constantText(deviation));
  } else if (method == "minmax") {
    double low = parameter("min");
    double high = parameter("max");
    if (low == high) refuse("its normalizer's min and max are equal in float32", line);
    double range = static_cast<float>(high - low);
    if (!std::isfinite(range)) refuse("its normalizer's max - min is more than float32 holds", line);
    code = isFloat32 || range != high - low
               ? scaled(low, range)
               : fmt::format("minmax({}, {}, {})", x, constantText(low), constantText(high));
  } else if (method == "expression") {
    assumeExact();
    std::string named = let("x", number);
    bool readsIt = false;
    Translation made = translateExpression(keys["expr"], [&](const std::string& name, bool) {
      readsIt = readsIt || name == "x";
      return name == "x" ? std::optional<Variable>({named, false}) : std::nullopt;
    });
    keys.erase("expr");
    if (!made.error.empty()) refuse("in its normalizer, " + made.error, line);
    if (made.mayDivide) note("where its normalizer has no finite value, FG's is not known; here it is the default");
    code = made.code;
    // FG does not normalize a default: what is missing stays so, even where the expression does not need x.
    if (!readsIt || made.mayIgnore) code = fmt::format("({0} == {0} ? {1} : {0})", named, code);
  } else {
    refuse(fmt::format("unknown normalizer \"{}\"; there are log10, zscore, minmax and expression", method), line);
  }
  if (!keys.empty()) refuse(fmt::format("what \"{}\" means in its normalizer is not known", keys.begin()->first), line);
  if ((method == "zscore" || method == "minmax") && feature_.type->name != "raw_feature")
    assume(
        "zscore and minmax of other features than raw_feature: whether FG computes them in float32 is not known; here "
        "it does, so that a last place may differ");
  return code;
}

Value FeatureBuilder::bucketized(const Value& given) {
  Value value = given;
  Bucketizer kind = bucketizer();
  bool isId = feature_.type->name == "id_feature";
  auto asText = [&] {
    if (value.of == Value::Of::Number)
      refuse("the text that FG makes of a number is not known; write boundaries or num_buckets");
    return value.of == Value::Of::Text ? value.code : "string(" + value.code + ")";
  };
  auto asNumber = [&] {
    std::string code = value.of == Value::Of::Number ? value.code : "float(" + value.code + ")";
    code = "float32(" + code + ")";
    return value.fallback ? fmt::format("{} ?? {}", code, float32Text(*value.fallback)) : code;
  };
  std::string code;
  switch (kind) {
    case kHash: {
      int64_t n = integer("hash_bucket_size", 0);
      bool farm = shared_.farmHash;
      if (value.of == Value::Of::Number) {
        std::string type = valueType();
        if (farm || type != "float")
          refuse(
              fmt::format("how FG hashes a number{} is not known; write num_buckets or boundaries, or value_type "
                          "\"float\" with the hash of the standard library",
                          type.empty() ? " without a value_type" : " of type " + type));
        code = fmt::format("std_bucket({}, {})", asNumber(), n);
      } else {
        code = fmt::format("{}({}, {})", farm ? "farm_bucket" : "std_bucket", asText(), n);
      }
      break;
    }
    case kVocabulary: code = vocabulary(asText()); break;
    case kNumber: {
      int64_t n = integer("num_buckets", 0);
      if (std::string absent = defaultText();
          value.of != Value::Of::Number && !absent.empty() && !isWholeNumber(absent))
        refuse(fmt::format("its default_value \"{}\" is not a whole number, which num_buckets takes", absent));
      if (value.of == Value::Of::Text && !value.isDigits)
        assume(
            "num_buckets over text: FG refuses a row with text that is not a whole number (\"abc\", \"1.5\"), and its "
            "answer "
            "to blanks around one is not known; here both have no id, or 0 in a sequence (declare the column int64? in "
            "--schema, and such a row is refused)");
      if (value.of == Value::Of::Number)
        code = fmt::format("int({})", asNumber());
      else if (value.of == Value::Of::Text && !value.isDigits)
        code = fmt::format("{}({})", function(value.list ? "whole_numbers" : "whole_number"), value.code);
      else
        code = value.of == Value::Of::Text ? fmt::format("int({})", value.code) : value.code;
      if (value.of == Value::Of::Number && n > kMostExact)
        note("whether FG keeps whole numbers over 16777216 exact is not known; here they are rounded to float32");
      if (!isId)
        note("what FG makes of a number outside num_buckets is not known here; it becomes 0, as in id_feature");
      code = fmt::format("{}({}, {})", function(value.list ? "in_buckets" : "in_bucket"), code, n);
      break;
    }
    case kBoundaries: {
      std::string list;
      double last = 0;
      bool repeats = false;
      for (const Node* one : find("boundaries")->each()) {
        double bound = float32Of("boundary", one->text, one->line);
        if (!list.empty() && bound < last) refuse("its boundaries do not ascend", one->line);
        repeats = repeats || (!list.empty() && bound == last);
        last = bound;
        list += (list.empty() ? "" : ", ") + numberText(bound);
      }
      code = fmt::format("{}({}, [{}])", repeats ? "quantile_bucketize" : "bucketize", asNumber(), list);
      break;
    }
    default: refuse("it has no bucketizer");
  }
  return {Value::Of::Int, value.list, code};
}

std::string FeatureBuilder::payloads(const std::string& ids) {
  constexpr int64_t kPayloads = kMaxPayload + 1;
  std::string_view key = bucketizer() == kHash ? "hash_bucket_size" : bucketizer() == kNumber ? "num_buckets" : "";
  int64_t n = key.empty() ? 0 : integer(key, 0);
  if (n <= kPayloads) return ids;
  note(fmt::format(
      "{} {}{} is more than the 2^44 that an id's payload holds: the payload is FG's id modulo 2^44, by "
      "which two of a million values share one with a chance of 3 %, two of ten million with 94 %",
      key, n,
      bucketizer() == kHash && n == std::numeric_limits<int64_t>::max() ? ", as zch and dynamicemb have it," : ""));
  return fmt::format("{} % {}", ids, kPayloads);
}

std::string FeatureBuilder::vocabulary(const std::string& code) {
  const Node* words = find("vocab_list");
  bool isList = words != nullptr;
  if (!isList) words = find("vocab_dict");
  if (!has("default_bucketize_value"))
    refuse("what FG gives for unknown words is not documented; write default_bucketize_value");
  const Node* unknown = find("default_bucketize_value");
  int64_t absent = integer("default_bucketize_value", 0);
  if (!payloadOf(unknown->text))
    refuse(fmt::format("its default_bucketize_value {} is more than an id's payload holds", absent), unknown->line);
  if (words == nullptr) return vocabularyFile(code, absent);
  std::map<std::string, int64_t> numbers;
  std::vector<std::string> order;
  auto add = [&](const std::string& word, int64_t number) {
    if (numbers.emplace(word, number).second)
      order.push_back(word);
    else
      numbers[word] = number;
  };
  if (isList) {
    int64_t at = 0;
    for (const Node* one : words->each()) {
      if (one->kind != Node::Kind::Text)
        refuse("its vocab_list holds a value that is not text; write words in quotes",
               one->line == 0 ? words->line : one->line);
      add(one->text, at++);
    }
    bool distinct = order.size() == static_cast<size_t>(at);
    if (distinct && !order.empty()) {
      std::string list;
      for (const std::string& word : order) list += (list.empty() ? "" : ", ") + literalText(word);
      return fmt::format("vocab({}, [{}], oov = {})", code, list, absent);
    }
  } else {
    for (const auto& [word, number] : words->fields) {
      auto n = payloadOf(number.text);
      if (!n)
        refuse(fmt::format(
                   "the number of \"{}\" in its vocab_dict is not an integer from 0 to {}, which an id's payload holds",
                   word, kMaxPayload),
               number.line);
      add(word, *n);
    }
  }
  if (order.empty()) refuse("its vocabulary is empty", words->line);
  std::string map;
  for (const std::string& word : order)
    map += fmt::format("{}{}: {}", map.empty() ? "" : ", ", literalText(word), numbers[word]);
  return fmt::format("vocab({}, {{{}}}, oov = {})", code, map, absent);
}

std::string FeatureBuilder::vocabularyFile(const std::string& code, int64_t absent) {
  const Node* named = find("vocab_file");
  std::filesystem::path path = shared_.options.folder / text("asset_dir") / named->text;
  Expected<std::string> content = readConfigFile(path, SIZE_MAX);
  if (!content)
    refuse(fmt::format("its vocab_file {} cannot be read: {}", path.string(), content.error().message), named->line);
  std::istringstream file(*std::move(content));
  std::string map;
  std::map<std::string, int64_t> numbers;
  std::vector<std::string> order;
  // Whether featc reads the file as FG does: `vocab(x, file = ...)`.
  bool asIs = true;
  std::optional<bool> allNumbered;
  std::string word;
  for (int64_t at = 0; std::getline(file, word); ++at) {
    if (!word.empty() && word.back() == '\r') word.pop_back();
    int64_t number = at;
    size_t blank = word.find_last_of(" \t");
    bool isNumbered = blank != std::string::npos;
    asIs = asIs && isNumbered == allNumbered.value_or(isNumbered) &&
           (!isNumbered || word.find_first_of(" \t") == blank) && (!isNumbered || word[blank] == '\t') &&
           (isNumbered || !word.empty());
    allNumbered = isNumbered;
    if (blank != std::string::npos) {
      auto written = payloadOf(word.substr(blank + 1));
      if (!written)
        refuse(fmt::format(
                   "line {} of its vocab_file, \"{}\", is not \"word\" or \"word number\"; write a number from 0 to "
                   "{} after each word, or the words as vocab_list",
                   at + 1, word, kMaxPayload),
               named->line);
      number = *written;
      word.resize(blank);
    }
    bool isNew = numbers.emplace(word, number).second;
    if (isNew) order.push_back(word);
    asIs = asIs && isNew;
    numbers[word] = number;
  }
  if (order.empty()) refuse("its vocab_file is empty", named->line);
  if (order.size() > kMaxWords) {
    if (!asIs)
      refuse(fmt::format("its vocab_file has more than {} words and repeats one or splits a number with a blank; write "
                         "each word once, with a tab before its number",
                         kMaxWords),
             named->line);
    std::string name = (std::filesystem::path(text("asset_dir")) / named->text).lexically_normal().string();
    note(fmt::format("its vocabulary is read from {}, which must be beside this config", name));
    return fmt::format("vocab({}, oov = {}, file = {})", code, absent, literalText(name));
  }
  for (const std::string& one : order)
    map += fmt::format("{}{}: {}", map.empty() ? "" : ", ", literalText(one), numbers[one]);
  return fmt::format("vocab({}, {{{}}}, oov = {})", code, map, absent);
}

void FeatureBuilder::emitIds(const std::string& code) {
  if (feature_.stub) return;
  std::string name = nameText(feature_.name);
  if (isFlat())
    line(fmt::format("sequence {} slot {} length {} = {}", name, kSlotMark,
                     feature_.length > 0 ? feature_.length : kAnyLength, code));
  else
    line(fmt::format("sparse {} slot {} = {}", name, kSlotMark, code));
}

void FeatureBuilder::emitDense(const std::string& code, int64_t width, double fallback) {
  if (feature_.stub) return;
  std::string clauses;
  if (width > 1) clauses += fmt::format(" width {}", width);
  groupWidth_ = width;
  if (inGroup_ && feature_.length > kMaxGroupNumbers / width)
    refuse(fmt::format(
        "{} elements of {} numbers each are more than the 2^20 that a row may have; write a sequence_length up "
        "to {}",
        feature_.length, width, kMaxGroupNumbers / width));
  if (inGroup_ && feature_.length == 0 && width > 16)
    note(fmt::format("FG does not cut it; here it has at most {} elements", kMaxGroupNumbers / width));
  if (fallback != 0) clauses += " default " + float32Text(fallback);
  line(fmt::format("dense {}{} = {}", nameText(feature_.name), clauses, code));
}

void FeatureBuilder::keep(const Value& value) {
  if (feature_.isRead) shared_.values[feature_.name] = value;
}

void FeatureBuilder::finish(Value value, int64_t width) {
  bool bucketizes = bucketizer() != 0;
  Value result = bucketizes ? bucketized(value) : value;
  // What others read, and what a stub is for, has a name.
  if (feature_.isRead) {
    if (!bucketizes && result.of == Value::Of::Number) {
      result.code = "float32(" + result.code + ")";
      if (result.fallback) result.code = fmt::format("{} ?? {}", result.code, float32Text(*result.fallback));
      result.fallback.reset();
    }
    // Its readers take a list as it is.
    if (result.list && (value.of == Value::Of::Number || bucketizer() == kNumber))
      result.code = fmt::format("({}) ?? []", result.code);
    result.code = let("value", result.code);
    keep(result);
  }
  if (feature_.stub) return;
  if (bucketizes) return emitIds(payloads(result.code));
  if (result.of == Value::Of::Text)
    refuse(
        "it has no bucketizer, and text features cannot be model inputs; write hash_bucket_size or another one, or "
        "stub_type if only other features read it");
  if (isFlat()) {
    if (!feature_.isRead) needsGroup("a sequence of numbers is a sequence group");
    // The list has a name, for others; what it emits are its elements.
    over_ = result.code;
    return line(fmt::format("{}  dense {} = it\n}}", groupHead(), nameText(feature_.name)));
  }
  if (!value.fallback && !feature_.isRead)
    refuse("what FG emits where its input is empty is not known; write default_value");
  if (result.list && width <= 1) refuse("how many numbers it has is not known; write value_dim");
  emitDense(result.code, result.list ? width : 1, value.fallback.value_or(0));
}

}  // namespace featc::fg
