// SPDX-License-Identifier: Apache-2.0
// Regular expressions, by RE2, whose time grows linearly with the text. Patterns are compiled once.
// Matching may allocate within RE2: states of its automaton that the text reaches for the first time
// (kept, and bounded), and for captured groups a working set for each match.
#include <re2/re2.h>

#include "ops/groups.h"
#include "ops/library/text_builder.h"
#include "ops/operator.h"
#include "support/utf8.h"

namespace featc {

namespace {

using Piece = re2::StringPiece;

constexpr uint32_t kPatternParam = 1;
constexpr uint32_t kDetailParam = 2;
// What beginning a search costs, and how many bytes cost a step, as powers of 2.
constexpr uint64_t kStepsOfAMatch = 128;
constexpr unsigned kTextShift = 2;
// As in RE2's own replacing: groups 0 to 9.
constexpr int kMaxGroups = 10;
// RE2 takes seconds for patterns of a megabyte, and nothing can stop it.
constexpr size_t kMaxPatternBytes = size_t{1} << 16U;

struct Pattern : OpState {
  std::unique_ptr<RE2> re;
  int group = 0;
};

std::unique_ptr<RE2> compilePattern(const Value& pattern, std::optional<PrepareError>& error) {
  if (pattern.isMissing()) {
    error = PrepareError{kPatternParam, "the pattern is missing"};
    return nullptr;
  }
  if (size_t bytes = pattern.asString().size(); bytes > kMaxPatternBytes) {
    error = PrepareError{kPatternParam, "the pattern has " + std::to_string(bytes) + " bytes, the most is " +
                                            std::to_string(kMaxPatternBytes) +
                                            "; whether a word is one of many: vocab(x, file = \"words.txt\")"};
    return nullptr;
  }
  RE2::Options options;
  options.set_log_errors(false);
  auto re = std::make_unique<RE2>(pattern.asString(), options);
  if (re->ok()) return re;
  error = PrepareError{kPatternParam, "the pattern is not a valid regular expression: " + re->error()};
  return nullptr;
}

Prepared prepareMatch(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<Pattern>();
  std::optional<PrepareError> error;
  state->re = compilePattern(constants[0], error);
  if (error) return {nullptr, error};
  return {state, std::nullopt};
}

Prepared prepareExtract(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<Pattern>();
  std::optional<PrepareError> error;
  state->re = compilePattern(constants[0], error);
  if (error) return {nullptr, error};
  int groups = state->re->NumberOfCapturingGroups();
  int64_t group = constants[1].isMissing() ? std::min(groups, 1) : constants[1].asInt();
  if (group < 0 || group > groups || group >= kMaxGroups)
    return {nullptr, PrepareError{kDetailParam, "the pattern has no group " + std::to_string(group) + "; it has " +
                                                    std::to_string(groups)}};
  state->group = static_cast<int>(group);
  return {state, std::nullopt};
}

// RE2 takes a null pointer for a group that took no part; an empty string may have one too.
Piece textOf(Str s) { return s.size == 0 ? Piece("", 0) : Piece(s.data, s.size); }

bool regexMatch(const Pattern& state, Str s) {
  return state.re->Match(textOf(s), 0, s.size, RE2::UNANCHORED, nullptr, 0);
}

Maybe<Str> regexExtract(const Pattern& state, Str s) {
  std::array<Piece, kMaxGroups> groups;
  if (!state.re->Match(textOf(s), 0, s.size, RE2::UNANCHORED, groups.data(), state.group + 1)) return {};
  Piece found = groups[static_cast<size_t>(state.group)];
  // A group that took no part in the match.
  if (found.data() == nullptr) return {};
  return Str{found.data(), found.size()};
}

// -- regex_replace ----------------------------------------------------------------------------------

// A piece of the replacement: text, then a group unless that is -1.
struct Part {
  std::string text;
  int group = -1;
};
struct Replacement : OpState {
  std::unique_ptr<RE2> re;
  std::vector<Part> parts;
  int groups = 1;  // that matching must report
  bool all = true;
};

Prepared prepareReplace(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<Replacement>();
  std::optional<PrepareError> error;
  state->re = compilePattern(constants[0], error);
  if (error) return {nullptr, error};
  if (constants[1].isMissing()) return {nullptr, PrepareError{kDetailParam, "the replacement is missing"}};
  const std::string& text = constants[1].asString();
  auto wrong = [](std::string message) { return Prepared{nullptr, PrepareError{kDetailParam, std::move(message)}}; };
  int groups = state->re->NumberOfCapturingGroups();
  Part part;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      part.text += text[i];
      continue;
    }
    char c = ++i < text.size() ? text[i] : '\0';
    if (c == '\\') {
      part.text += c;
    } else if (c >= '0' && c <= '9') {
      part.group = c - '0';
      if (part.group > groups)
        return wrong("the replacement uses group " + std::string(1, c) + ", but the pattern has " +
                     std::to_string(groups));
      state->groups = std::max(state->groups, part.group + 1);
      state->parts.push_back(std::exchange(part, {}));
    } else {
      return wrong("in a replacement a backslash must be followed by a digit or another backslash");
    }
  }
  if (!part.text.empty()) state->parts.push_back(part);
  state->all = constants[2].isMissing() || constants[2].asBool();
  return {state, std::nullopt};
}

bool appendReplacement(TextBuilder& out, const Replacement& state, const Piece* groups) {
  for (const Part& part : state.parts) {
    if (!out.append(part.text)) return false;
    if (part.group >= 0 && !out.append({groups[part.group].data(), groups[part.group].size()})) return false;
  }
  return true;
}

// As RE2::GlobalReplace: an empty match directly behind the match before it does not count.
Str regexReplace(Context& context, const Replacement& state, Str s) {
  std::array<Piece, kMaxGroups> groups;
  Piece subject = textOf(s);
  auto match = [&](size_t from) {
    // A search may read all that is left, whatever it finds.
    return context.spend(kStepsOfAMatch + ((s.size - from) >> kTextShift)) &&
           state.re->Match(subject, from, s.size, RE2::UNANCHORED, groups.data(), state.groups);
  };
  if (!match(0)) return s;
  TextBuilder out(context, s.size);
  size_t at = 0;
  size_t lastEnd = std::string_view::npos;
  std::string_view text = s.view();
  do {
    auto begin = static_cast<size_t>(groups[0].data() - subject.data());
    if (!out.append(text.substr(at, begin - at))) return {};
    at = begin;
    if (groups[0].empty() && begin == lastEnd) {
      size_t step = at < text.size() ? codePointStep(text.substr(at)) : 1;
      if (at < text.size() && !out.append(text.substr(at, step))) return {};
      at += step;
      continue;
    }
    if (!appendReplacement(out, state, groups.data())) return {};
    at += groups[0].size();
    lastEnd = at;
    if (!state.all) break;
  } while (at <= text.size() && match(at));
  if (at < text.size()) out.append(text.substr(at));
  return out.text();
}

}  // namespace

void registerRegex(Registry& r) {
  r.group("Text");
  r.add("regex_match", {value("s"), constant("pattern")},
        "Whether the regular expression (RE2's syntax) matches a part of `s`; `^` and `$` bind it to the ends.")
      .foreignNames({"regexp_contains"})
      .foreignNames({"rlike", "regexp_like"}, "a part is enough, and the case of letters counts")
      .foreignNames({"re_search"}, "the text comes first")
      .foreignNames({"regex_full_match", "regexp_full_match"}, "a part is enough; `^` and `$` bind it to the ends")
      .example(R"(regex_match("hotpot 30cm", r"\d+cm"))", "true")
      .example(R"(regex_match("hotpot 30cm", r"^\d+"))", "false")
      .add<regexMatch>({Type::string()})
      .prepare(prepareMatch);
  r.add("regex_extract", {value("s"), constant("pattern"), optionalConstant("group")},
        "The text of the first group in the pattern's first match, or of another group, 0 being the whole match; "
        "missing where nothing matches.")
      .foreignNames({"regexp_extract", "regexp_substr", "str_extract"},
                    "the first group unless another one is named, 0 being the whole match")
      .example(R"x(regex_extract("hotpot 30cm", r"(\d+)cm"))x", R"("30")")
      .example(R"(regex_extract("hotpot 30cm", r"(\d+)cm", group = 0))", R"("30cm")")
      .example(R"(regex_extract("hotpot", r"\d+"))", "missing")
      .add<regexExtract>({Type::string(), Type::int64()})
      .prepare(prepareExtract);
  r.add("regex_replace", {value("s"), constant("pattern"), constant("replacement"), optionalConstant("all")},
        "`s` with each match of the pattern replaced, or with `all = false` the first; `\\1` in the replacement is the "
        "text of group 1.")
      .foreignNames({"regexp_replace"}, "every match, or with `all = false` the first; group 1 is `\\1`")
      .foreignNames({"re_sub"}, "the text comes first")
      .foreignNames({"regex_replace_feature"})
      .example(R"(regex_replace("a1b22", r"\d+", "#"))", R"("a#b#")")
      .example(R"x(regex_replace("John Smith", r"(\w+) (\w+)", r"\2, \1"))x", R"("Smith, John")")
      .example(R"(regex_replace("a1b22", r"\d+", "", all = false))", R"("ab22")")
      .add<regexReplace>({Type::string(), Type::string(), Type::boolean()})
      .prepare(prepareReplace);
}

}  // namespace featc
