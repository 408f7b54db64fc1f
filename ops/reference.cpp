// SPDX-License-Identifier: Apache-2.0
// The operator reference, made from the records.
#include "ops/reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/call_pattern.h"
#include "ops/operator.h"

namespace featc {

namespace {

// -- Signatures of generic operators ------------------------------------------------------------------

// Replaces the occurrences of `word` that `mask` selects.
std::string replaceSome(const std::string& text, std::string_view word, std::string_view by, unsigned mask) {
  std::string out;
  size_t at = 0;
  for (unsigned bit = 0;; ++bit) {
    size_t found = text.find(word, at);
    if (found == std::string::npos) return out + text.substr(at);
    out += text.substr(at, found - at);
    out += (mask >> bit & 1U) != 0 ? by : word;
    at = found + word.size();
  }
}

unsigned occurrences(const std::string& text, std::string_view word) {
  unsigned n = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size())) ++n;
  return n;
}

// One signature with a hole in the place of some scalar types, and what fills the hole.
struct Family {
  std::string_view hole;
  std::string_view sample;  // stands where the hole goes, in the signature looked at
  std::vector<std::string_view> fillers;
};

using Signatures = std::vector<std::string>;

bool hasAll(const Signatures& all, const std::string& pattern, const Family& family) {
  return std::all_of(family.fillers.begin(), family.fillers.end(), [&](std::string_view filler) {
    std::string one = replaceSome(pattern, family.hole, filler, ~0U);
    return std::find(all.begin(), all.end(), one) != all.end();
  });
}

// Where signatures exist for all fillers of a hole, the first gives place to the pattern.
void mergeFamily(Signatures& all, const Family& family) {
  for (size_t i = 0; i < all.size(); ++i) {
    unsigned places = occurrences(all[i], family.sample);
    std::string best;
    for (unsigned mask = 1; places > 0 && mask < 1U << std::min(places, 6U); ++mask) {
      std::string pattern = replaceSome(all[i], family.sample, family.hole, mask);
      if (!hasAll(all, pattern, family)) continue;
      if (best.empty() || occurrences(pattern, family.hole) > occurrences(best, family.hole)) best = pattern;
    }
    if (best.empty()) continue;
    for (std::string_view filler : family.fillers) {
      std::string one = replaceSome(best, family.hole, filler, ~0U);
      all.erase(std::find(all.begin(), all.end(), one));
    }
    all.insert(all.begin() + static_cast<ptrdiff_t>(std::min(i, all.size())), best);
  }
}

// -- Sentences ----------------------------------------------------------------------------------------

std::string joinNames(const std::vector<std::string_view>& names, std::string_view last) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? fmt::format(" {} ", last) : ", ";
    out += fmt::format("`{}`", names[i]);
  }
  return out;
}

bool anyOverload(const Operator& op, bool (*holds)(const Overload&)) {
  return std::any_of(op.overloads.begin(), op.overloads.end(), holds);
}

std::string differenceOf(const ForeignName& foreign) {
  return foreign.call.empty() ? std::string(foreign.difference) : fmt::format("`{}`", shownCall(foreign.call));
}

// `` `mean`, `average`; `stddev` (divides by n)``: what is in parentheses is said of the names since the last `;`.
std::string foreignNames(const Operator& op) {
  std::string out;
  for (size_t i = 0; i < op.foreignNames.size(); ++i) {
    std::string difference = differenceOf(op.foreignNames[i]);
    bool first = i == 0 || differenceOf(op.foreignNames[i - 1]) != difference;
    bool last = i + 1 == op.foreignNames.size() || differenceOf(op.foreignNames[i + 1]) != difference;
    out += fmt::format("{}`{}`", i == 0 ? "" : first ? "; " : ", ", op.foreignNames[i].name);
    if (last && !difference.empty()) out += fmt::format(" ({})", difference);
  }
  return out;
}

void appendOperator(std::string& out, const Operator& op) {
  out += fmt::format("### {}\n\n", op.name);
  if (!op.symbol.empty()) out += fmt::format("Written `{}`. ", op.symbol);
  out += fmt::format("{}\n\n```\n", op.doc);
  for (const std::string& s : signatures(op)) out += s + "\n";
  out += "```\n\n" + missingRule(op);
  if (anyOverload(op, [](const Overload& o) { return o.liftedKernel != nullptr; }))
    out += " Maps over a list given for a single value.";
  if (anyOverload(op, [](const Overload& o) { return o.nested; }))
    out += " Takes lists and maps that hold lists or maps, too.";
  if (std::string constants = constantRule(op); !constants.empty()) out += fmt::format(" **{}**", constants);
  out += "\n";
  if (!op.foreignNames.empty()) out += fmt::format("\nElsewhere: {}.\n\n", foreignNames(op));
  for (const Example& e : op.examples) out += fmt::format("- `{}` is `{}`{}\n", e.expression, e.result, sinceText(e));
  out += "\n";
}

}  // namespace

std::vector<std::string> signatures(const Operator& op) {
  Signatures all;
  for (const Overload& o : op.overloads)
    if (!o.nested && o.isPartOf(kNewestSemantics)) all.push_back(signature(op, o));
  mergeFamily(all, {"V", "bool", {"bool", "int64", "float64", "string"}});
  mergeFamily(all, {"K", "string", {"int64", "string"}});
  mergeFamily(all, {"L", "string", {"int64", "string"}});  // the keys of maps in a map
  for (std::string& s : all) {
    if (s.find('K') == std::string::npos) s = replaceSome(s, "L", "K", ~0U);
    // A hole that no key stands beside is plainly any type.
    if (s.find('K') == std::string::npos) s = replaceSome(s, "V", "T", ~0U);
  }
  return all;
}

std::string missingRule(const Operator& op) {
  std::vector<std::string_view> strict;
  std::vector<std::string_view> open;
  const Overload& first = op.overloads.front();
  bool finite = anyOverload(op, [](const Overload& o) {
    return o.anyArgs || std::find(o.finite.begin(), o.finite.end(), true) != o.finite.end();
  });
  for (size_t i = 0; i < op.params.size(); ++i) {
    if (op.params[i].isConstant) continue;
    auto has =
        std::find_if(op.overloads.begin(), op.overloads.end(), [&](const Overload& o) { return i < o.params.size(); });
    (has->strict[i] ? strict : open).push_back(op.params[i].name);
  }
  std::string rule;
  if (!strict.empty())
    rule += fmt::format("Missing where {}{} is.", joinNames(strict, "or"), first.variadic ? " or a further one" : "");
  if (!open.empty()) rule += fmt::format("{}{} may be missing.", rule.empty() ? "" : " ", joinNames(open, "and"));
  if (finite) rule += " A float that is not finite counts as missing.";
  return rule;
}

std::string constantRule(const Operator& op) {
  std::vector<std::string_view> constants;
  std::string files;
  for (const ParamSpec& p : op.params) {
    if (op.mayVary(p)) continue;
    if (p.isFile)
      files += fmt::format(" `{}` is the name of a file beside the config, written out.", p.name);
    else if (p.isConstant)
      constants.push_back(p.name);
  }
  if (constants.empty()) return files.empty() ? files : files.substr(1);
  return fmt::format("{} must be constant.{}", joinNames(constants, "and"), files);
}

std::string sinceText(const Example& example) {
  return example.semantics == 1 ? std::string() : fmt::format(" under `semantics {}`", example.semantics);
}

std::string operatorsMarkdown() {
  std::string out =
      "# Operators\n\n"
      "Made from the operator records by `featc ops --markdown`; do not edit.\n\n"
      "A parameter with a `?` is optional; `...` stands for more of the same. A constant is known when the config\n"
      "is compiled: literals, and what `let`s and operators compute from them. `T` and `V` stand for any of\n"
      "`bool`, `int64`, `float64` and `string`, `K` and `L` for `int64` or `string`. An `int64` is accepted wherever\n"
      "a `float64` is. *Maps over a list* means: if a list is given for a single value, the operator works on each\n"
      "element; several lists are paired by position, and beyond the end of a shorter one elements are missing.\n"
      "*Elsewhere* lists names of the operator in other systems, and in parentheses how it differs there.\n\n";
  std::vector<std::string_view> groups;
  for (const auto& op : operators().all())
    if (!op->isInternal && std::find(groups.begin(), groups.end(), op->group) == groups.end())
      groups.push_back(op->group);
  for (std::string_view group : groups) {
    out += fmt::format("**{}:** ", group);
    std::string names;
    for (const auto& op : operators().all())
      if (op->group == group && !op->isInternal)
        names += fmt::format("{}[{}](#{})", names.empty() ? "" : ", ", op->name, op->name);
    out += names + "\n\n";
  }
  for (std::string_view group : groups) {
    out += fmt::format("## {}\n\n", group);
    for (const auto& op : operators().all())
      if (op->group == group && !op->isInternal) appendOperator(out, *op);
  }
  out += "## Made by the compiler\n\nThese appear in dumps and cannot be called.\n\n";
  for (const auto& op : operators().all()) {
    if (!op->isInternal) continue;
    out += fmt::format("- `{}`: {}\n", op->name, op->doc);
  }
  return out;
}

}  // namespace featc
