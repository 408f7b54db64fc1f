// SPDX-License-Identifier: Apache-2.0
// Single words of other languages: what to write instead of each, by the place where it stands.
#include "frontend/foreign_words.h"

#include <algorithm>

#include "support/utf8.h"

namespace featc {

namespace {

constexpr std::string_view kConversion = "a conversion is written int(x), float(x), string(x) or bool(x)";
constexpr std::string_view kChoice =
    "a choice is written condition ? value : other, or with a table value_map(x, {key: value})";
constexpr std::string_view kNow = "an expression cannot read the clock: pass the time as a field of the request";
constexpr std::string_view kNumber = "a number is an output by itself: dense price = price";
constexpr std::string_view kChosen = "a condition on a list chooses its elements: mask(clicks, clicks > 5)";
constexpr std::string_view kEach = "operators work on each element of a list: lower(tags), clicks % 10";
constexpr std::string_view kAnyOf =
    "any(clicks > 5) tells whether an element meets a condition, all(clicks > 5) whether all do; !is_missing(x) tells "
    "whether x is there, contains(list, value) whether a list has a value";
constexpr std::string_view kDate =
    "a time is a number of seconds; year(t), month(t) and day_of_month(t) are its parts, and format_time(t, "
    "\"%Y%m%d\") writes its day as text";
constexpr std::string_view kStep =
    "a time is a number of seconds, so the next day is t + 86400; date_diff(a, b) counts days";
constexpr std::string_view kRows =
    "a row sees only its request and its item; read facts about other rows from a source";
constexpr std::string_view kTable =
    "for a table of constants, write value_map(x, {key: value}); for a table in a store, declare a source";
constexpr std::string_view kFieldName = "a field is written by its name alone: price, request.price";
constexpr std::string_view kMember =
    "JSON text is not a value here; pass its parts as fields, or use parse_map(s, ...)";
constexpr std::string_view kText = "join texts with concat(a, b); string(x) turns a number into a text";
constexpr std::string_view kRandom = "equal rows give equal features: nothing is random; hash(x) spreads values";
constexpr std::string_view kDigest = "hash(x) or hash_bucket(x, n) turns a text into an id";
constexpr std::string_view kOneHot = "a sparse output gives each value an id: sparse city slot 1 = city";
constexpr std::string_view kUnnest = "lists stay lists: a sparse output of a list has an id for each element";

constexpr ForeignWord kCalls[] = {
    {"cast", kConversion},
    {"try_cast", kConversion},
    {"safe_cast", kConversion},
    {"convert", kConversion},
    {"astype", kConversion},
    {"case", kChoice},
    {"case_when", kChoice},
    {"when", kChoice},
    {"switch", kChoice},
    {"ifs", kChoice},
    {"choose", kChoice},
    {"decode", kChoice},
    {"iferror", "to replace a missing x, write x ?? other"},
    {"ifna", "to replace a missing x, write x ?? other"},
    {"isblank", "is_missing(x) tells whether x is missing, x == \"\" whether a text is empty"},
    {"now", kNow},
    {"current_timestamp", kNow},
    {"current_date", kNow},
    {"getdate", kNow},
    {"sysdate", kNow},
    {"today", kNow},
    {"time", kNow},
    {"continuous", kNumber},
    {"numeric_column", kNumber},
    {"filter", kChosen},
    {"list_filter", kChosen},
    {"array_filter", kChosen},
    {"transform", kEach},
    {"map_fn", kEach},
    {"apply", kEach},
    {"reduce", "reduce a list to one value with sum, avg, min, max, prod, count, any or all"},
    {"aggregate", "reduce a list to one value with sum, avg, min, max, prod, count, any or all"},
    {"fold", "reduce a list to one value with sum, avg, min, max, prod, count, any or all"},
    {"exists", kAnyOf},
    {"any_match", kAnyOf},
    {"all_match", kAnyOf},
    {"date", kDate},
    {"datetime", kDate},
    {"date_trunc", kDate},
    {"date_part", kDate},
    {"datepart", kDate},
    {"dateadd", kStep},
    {"date_add", kStep},
    {"date_sub", kStep},
    {"timedelta", kStep},
    {"rank", kRows},
    {"dense_rank", kRows},
    {"row_number", kRows},
    {"percent_rank", kRows},
    {"ntile", kRows},
    {"lag", kRows},
    {"lead", kRows},
    {"shift", kRows},
    {"rolling", kRows},
    {"cumsum", kRows},
    {"groupby", kRows},
    {"group_by", kRows},
    {"vlookup", kTable},
    {"hlookup", kTable},
    {"xlookup", kTable},
    {"col", kFieldName, kNamedField},
    {"column", kFieldName, kNamedField},
    {"field", kFieldName, kNamedField},
    {"feature", kFieldName, kNamedField},
    {"get_field", kFieldName, kNamedField},
    {"lit", "a constant is written as it is: 1, \"text\""},
    {"get_json_object", kMember},
    {"json_extract", kMember},
    {"json_value", kMember},
    {"from_json", kMember},
    {"format", kText},
    {"sprintf", kText},
    {"printf", kText},
    {"format_number", kText},
    {"rand", kRandom},
    {"random", kRandom},
    {"randint", kRandom},
    {"uuid", kRandom},
    {"md5", "hash(x) or hash_bucket(x, n) turns a text into an id; int(md5(x), 16) % n is md5_bucket(x, n)"},
    {"sha1", kDigest},
    {"sha256", kDigest},
    {"crc32", kDigest},
    {"one_hot", kOneHot},
    {"get_dummies", kOneHot},
    {"embedding", kOneHot},
    {"embedding_column", kOneHot},
    {"indicator_column", kOneHot},
    {"explode", kUnnest},
    {"unnest", kUnnest},
    {"range", "a range is written low <= x && x < high"},
    {"between", "a range is written low <= x && x <= high"},
    {"print", "featc explain shows the value of an expression"},
    {"pi", "it is written pi", "pi"},
};

constexpr ForeignWord kNames[] = {
    {"pi", "it is written pi", "pi"},
    {"m_pi", "it is written pi", "pi"},
    {"inf", "infinity and NaN have no literals; both count as missing"},
    {"infinity", "infinity and NaN have no literals; both count as missing"},
    {"current_timestamp", kNow},
    {"current_date", kNow},
    {"now", kNow},
    {"today", kNow},
    {"self", kFieldName},
    {"this", kFieldName},
    {"row", kFieldName},
    {"df", kFieldName},
    {"features", kFieldName},
    {"ctx", kFieldName},
    {"otherwise", kChoice},
    {"lambda", kEach},
};

constexpr std::string_view kOutputs =
    "declare a feature of numbers with \"dense\", one of ids with \"sparse\": dense price = price";
constexpr std::string_view kSchema =
    "declare the caller's fields with request { NAME : TYPE ... } and item { NAME : TYPE ... }";
constexpr std::string_view kNoSteps =
    "a config has values and no steps: let NAME = expression, where a choice is condition ? value : other";

constexpr ForeignWord kStatements[] = {
    {"select", kOutputs},
    {"from", "declare what the caller passes with request { ... } and item { ... }, what a store holds with source"},
    {"where", "the caller chooses the rows; to choose between values, write condition ? value : other"},
    {"feature", kOutputs},
    {"features", kOutputs},
    {"output", kOutputs},
    {"outputs", kOutputs},
    {"column", kOutputs},
    {"numeric", kOutputs},
    {"categorical", kOutputs},
    {"cross", "declare a cross as a feature: sparse NAME slot 1 = cross(a, b)"},
    {"embedding", "a feature gives ids, and the model has their embeddings: sparse NAME slot 1 = city"},
    {"label", "a label is a feature: dense label = clicked"},
    {"user", kSchema},
    {"context", kSchema},
    {"schema", kSchema},
    {"input", kSchema},
    {"inputs", kSchema},
    {"fields", kSchema},
    {"table", kSchema},
    {"create", kSchema},
    {"struct", kSchema},
    {"class", kSchema},
    {"type", kSchema},
    {"message", kSchema},
    {"if", kNoSteps},
    {"for", kNoSteps},
    {"while", kNoSteps},
    {"return", kNoSteps},
    {"switch", kNoSteps},
    {"version", "a line semantics 1 says which version of the language the config has"},
    {"include", "a line import \"FILE\" reads another config"},
    {"using", "a line import \"FILE\" reads another config"},
    {"require", "a line import \"FILE\" reads another config"},
};

constexpr SameLetters kSameLetters[] = {
    {"log", "LOG has base 10 in Excel and PostgreSQL: log10(x); it is natural in SQL Server, MySQL and Spark: log(x)",
     "log10"},
    {"int", "INT rounds down in Excel: floor(x); int(x) cuts toward zero", "floor"},
    {"mod", "MOD has the sign of the divisor in Excel: mod(a, b); it has the sign of the dividend in SQL: a % b"},
    {"substr", "SUBSTR counts from 1 in SQL; substr counts from 0, and its third argument is a length"},
    {"slice", "SLICE counts from 1 in SQL; slice counts from 0, and its third argument is a length"},
    {"index", "INDEX counts from 1 in Excel; x[i] counts from 0"},
    {"variance", "VARIANCE divides by n - 1 in most dialects of SQL: variance(x, ddof = 1); variance(x) divides by n"},
};

struct Parameter {
  std::string_view word;
  std::string_view here;
};
constexpr Parameter kParameters[] = {
    {"min", "low"},
    {"max", "high"},
    {"lower", "low"},
    {"upper", "high"},
    {"a_min", "low"},
    {"a_max", "high"},
    {"clip_value_min", "low"},
    {"clip_value_max", "high"},
    {"reverse", "descending"},
    {"desc", "descending"},
    {"sep", "separator"},
    {"delimiter", "separator"},
    {"delim", "separator"},
    {"bins", "boundaries"},
    {"edges", "boundaries"},
    {"buckets", "n"},
    {"num_buckets", "n"},
    {"hash_bucket_size", "n"},
    {"size", "n"},
    {"tz", "zone"},
    {"timezone", "zone"},
    {"time_zone", "zone"},
    {"fmt", "format"},
    {"pat", "pattern"},
    {"regex", "pattern"},
    {"default_value", "default"},
    {"fallback", "default"},
    {"vocabulary", "words"},
    {"vocab", "words"},
    {"vocabulary_list", "words"},
    {"mapping", "map"},
    {"dict", "map"},
    {"exponent", "y"},
    {"top_k", "k"},
};

template <size_t n>
const ForeignWord* find(const ForeignWord (&table)[n], std::string_view word) {
  const auto* found = std::ranges::find_if(table, [&](const ForeignWord& one) { return sameWord(one.word, word); });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace

bool sameWord(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lowered, lowered); }

bool meansMissing(std::string_view word) {
  constexpr std::string_view kWords[] = {"null",      "none",    "nil",     "nan",    "na",
                                         "undefined", "nullptr", "missing", "nothing"};
  return std::ranges::any_of(kWords, [&](std::string_view one) { return sameWord(one, word); });
}

std::string_view foreignLiteral(std::string_view word) {
  return sameWord(word, "true") ? "true" : sameWord(word, "false") ? "false" : "";
}

const SameLetters* sameLetters(std::string_view name) {
  const auto* found = std::ranges::find_if(kSameLetters, [&](const SameLetters& s) { return sameWord(s.word, name); });
  return found == std::end(kSameLetters) ? nullptr : found;
}

const ForeignWord* foreignCall(std::string_view name) { return find(kCalls, name); }
const ForeignWord* foreignName(std::string_view name) { return find(kNames, name); }
const ForeignWord* foreignStatementWord(std::string_view word) { return find(kStatements, word); }

std::string_view parameterMeant(std::string_view word, const std::vector<std::string_view>& known) {
  for (const Parameter& parameter : kParameters)
    if (sameWord(parameter.word, word) && std::ranges::find(known, parameter.here) != known.end())
      return parameter.here;
  return {};
}

}  // namespace featc
