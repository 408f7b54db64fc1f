// SPDX-License-Identifier: Apache-2.0
// The beginnings and ends of strings, replacing, joining.
#include "ops/groups.h"
#include "ops/library/find_text.h"
#include "ops/library/text_builder.h"
#include "ops/operator.h"
#include "ops/suspect.h"
#include "values/code_points.h"

namespace featc {

namespace {

Str prefix(Str s, int64_t n) { return cutCodePoints(s, headRange(codePoints(s.view()), n)); }
Str suffix(Str s, int64_t n) { return cutCodePoints(s, tailRange(codePoints(s.view()), n)); }
bool startsWith(Str s, Str start) { return s.view().starts_with(start.view()); }
bool endsWith(Str s, Str end) { return s.view().ends_with(end.view()); }

struct Trimmed : OpState {
  CodePointSet characters;
};
Prepared prepareTrim(std::span<const Value> constants, std::span<const Type>) {
  if (!constants[0].isMissing() && constants[0].asString().empty())
    return {nullptr, PrepareError{1, "there must be at least one character to take away"}};
  auto state = std::make_shared<Trimmed>();
  state->characters = CodePointSet(constants[0].isMissing() ? kWhiteSpace : constants[0].asString());
  return {state, std::nullopt};
}

Str trim(const Trimmed& state, Str s) {
  std::string_view text = s.view();
  while (!text.empty() && state.characters.contains(text.substr(0, codePointStep(text))))
    text.remove_prefix(codePointStep(text));
  // From here on, the end of the last code point that stays.
  size_t end = 0;
  for (size_t at = 0; at < text.size();) {
    std::string_view one = text.substr(at, codePointStep(text.substr(at)));
    at += one.size();
    if (!state.characters.contains(one)) end = at;
  }
  return Str::of(text.substr(0, end));
}

Str replace(Context& context, Str s, Str from, Str to) {
  std::string_view text = s.view();
  size_t at = from.size == 0 ? std::string_view::npos : findText(text, from.view());
  if (at == std::string_view::npos) return s;
  TextBuilder out(context, s.size);
  while (at != std::string_view::npos) {
    if (!out.append(text.substr(0, at)) || !out.append(to.view())) return {};
    text.remove_prefix(at + from.size);
    at = findText(text, from.view());
  }
  out.append(text);
  return out.text();
}

std::optional<Suspicion> suspectReplace(std::span<const KnownArgument> arguments) {
  if (!isEmptyText(arguments[1].value)) return std::nullopt;
  return Suspicion{1, "the empty string is never found, so nothing is replaced"};
}

Str join(Context& context, List<Str> list, Str separator) {
  TextBuilder out(context, 0);
  bool first = true;
  for (uint64_t i = 0; i < list.size; ++i) {
    if (!list.present(i)) continue;
    if (!first && !out.append(separator.view())) return {};
    if (!out.append(list.data[i].view())) return {};
    first = false;
  }
  return out.text();
}

}  // namespace

void registerTextParts(Registry& r) {
  r.group("Text");
  r.add("prefix", {value("s"), value("n")}, "The first `n` code points.")
      .example(R"(prefix("hotpot", 3))", R"("hot")")
      .foreignNames({"left"})
      .add<prefix>()
      .warnIf(suspectCount<1>);
  r.add("suffix", {value("s"), value("n")}, "The last `n` code points.")
      .example(R"(suffix("hotpot", 3))", R"("pot")")
      .foreignNames({"right"})
      .add<suffix>()
      .warnIf(suspectCount<1>);
  r.add("starts_with", {value("s"), value("start")}, "Whether `s` begins with `start`.")
      .example(R"(starts_with("hotpot", "hot"))", "true")
      .foreignNames({"has_prefix"})
      .add<startsWith>()
      .warnIf(suspectEmptyPart<1>);
  r.add("ends_with", {value("s"), value("end")}, "Whether `s` ends with `end`.")
      .example(R"(ends_with("hotpot", "hot"))", "false")
      .foreignNames({"has_suffix"})
      .add<endsWith>()
      .warnIf(suspectEmptyPart<1>);
  r.add("trim", {value("s"), optionalConstant("characters")},
        "`s` without ASCII white space at both ends, or without the given characters.")
      .example(R"(trim("  hot pot "))", R"("hot pot")")
      .example(R"(trim("--x-y--", characters = "-"))", R"("x-y")")
      .foreignNames({"strip", "btrim"})
      .foreignNames({"ltrim", "rtrim", "lstrip", "rstrip"},
                    "at both ends; at one end `regex_replace(s, r\"^\\s+\", \"\")`")
      .add<trim>({Type::string()})
      .prepare(prepareTrim);
  r.add("replace", {value("s"), value("from"), value("to")},
        "`s` with each `from` replaced by `to`, from left to right; an empty `from` changes nothing.")
      .example(R"(replace("hotpot", "ot", "a"))", R"("hapa")")
      .foreignNames({"replace_all", "str_replace"},
                    "the text comes first, and every place of the part as it is; patterns are for `regex_replace`")
      .add<replace>()
      .warnIf(suspectReplace);
  r.add("join", {value("list"), value("separator")},
        "The elements in one string, with the separator between them; missing ones are left out.")
      .example(R"(join(["a", "b", "c"], ", "))", R"("a, b, c")")
      .foreignNames({"array_join", "array_to_string", "string_join"})
      .foreignNames({"concat_ws"}, "a list, and then the separator")
      .add<join>()
      .notLifted();
}

}  // namespace featc
