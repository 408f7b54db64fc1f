// SPDX-License-Identifier: Apache-2.0
// Checks a source's key pattern: its placeholders, and whether different rows can get the same key.
#include "frontend/key_pattern_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/reads/key_pattern.h"

namespace featc {

namespace {

// A placeholder and the text before it.
struct Place {
  std::string before;
  size_t key = 0;  // in SourceDecl::keys
};

class KeyPatternChecker {
 public:
  KeyPatternChecker(const SourceDecl& source, const Names& names, Diagnostics& diagnostics)
      : source_(source), names_(names), diagnostics_(diagnostics) {}

  void run() {
    if (source_.keyPatternSpan == Span{}) {
      diagnostics_
          .report(DiagnosticKind::BadSource, source_.name.span,
                  fmt::format("source \"{}\" does not say what its keys look like", source_.name.text))
          .note(fmt::format("add a line like: key \"{}:{}\"", source_.name.text, placeholders()));
      return;
    }
    if (!cut() || !usesAll()) return;
    source_.keyEscaped ? checkSeparators() : warnShared();
  }

 private:
  // `user:{user_id}`: every placeholder names a key field.
  bool cut() {
    const std::string& pattern = source_.keyPattern;
    std::vector<std::string_view> known;
    for (const FieldDecl& key : source_.keys) known.push_back(key.name.text);
    std::string before;
    bool good = true;
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == '}') return bad("the key pattern has \"}\" without a \"{\" before it");
      if (pattern[i] != '{') {
        before += pattern[i];
        continue;
      }
      size_t close = pattern.find_first_of("{}", i + 1);
      if (close == std::string::npos || pattern[close] == '{')
        return bad("the key pattern has \"{\" without its \"}\"");
      std::string name = pattern.substr(i + 1, close - i - 1);
      auto key = std::ranges::find(known, name);
      if (key != known.end()) {
        places_.push_back({std::exchange(before, std::string()), static_cast<size_t>(key - known.begin())});
      } else {
        std::string message = fmt::format("\"{}\" is not a key field of source \"{}\"", name, source_.name.text);
        if (auto near = names_.nearest(name, known)) message += fmt::format("; did you mean \"{}\"?", *near);
        good = bad(std::move(message));
      }
      i = close;
    }
    return good;
  }

  // Every key field has a placeholder.
  bool usesAll() {
    bool good = true;
    for (size_t key = 0; key < source_.keys.size(); ++key) {
      if (std::ranges::find(places_, key, &Place::key) != places_.end()) continue;
      const Name& name = source_.keys[key].name;
      diagnostics_
          .report(DiagnosticKind::BadSource, source_.keyPatternSpan,
                  fmt::format("key field \"{}\" is not part of the key, so different rows would share one", name.text))
          .note(name.span, "the key field is here");
      good = false;
    }
    return good;
  }

  bool bad(std::string message) {
    diagnostics_.report(DiagnosticKind::BadSource, source_.keyPatternSpan, std::move(message));
    return false;
  }

  bool isText(size_t place) const { return source_.keys[places_[place].key].type.type.is(Kind::String); }
  const std::string& nameOf(size_t place) const { return source_.keys[places_[place].key].name.text; }

  // Escaped values cannot hold what separates them.
  void checkSeparators() {
    for (size_t i = 1; i < places_.size(); ++i) {
      if (!std::ranges::all_of(places_[i].before, isInEscapedPart)) continue;
      bad(fmt::format(
          "an escaped key needs a separator between {{{}}} and {{{}}} that no value can hold, such as \":\"",
          nameOf(i - 1), nameOf(i)));
      return;
    }
  }

  // Two rows that ask for one key. Texts may hold all that stands between two of them; what stands side by side
  // may be cut anywhere.
  void warnShared() {
    std::optional<size_t> text;
    for (size_t i = 0; i < places_.size(); ++i) {
      bool touches = i > 0 && places_[i].before.empty() && places_[i].key != places_[i - 1].key;
      if (touches && !(isText(i - 1) && isText(i))) return warnOfTouching(i - 1);
      if (!isText(i)) continue;
      if (text && places_[*text].key != places_[i].key) return warnOfTexts(*text, i);
      text = i;
    }
  }

  void warnOfTouching(size_t place) {
    auto shown = [&](size_t at, std::string_view value) {
      return isText(at) ? fmt::format("\"{}\"", value) : std::string(value);
    };
    warn(fmt::format("{0} = {2}, {1} = {3} and {0} = {4}, {1} = {5}", nameOf(place), nameOf(place + 1),
                     shown(place, "1"), shown(place + 1, "23"), shown(place, "12"), shown(place + 1, "3")),
         "123", "a separator between them, such as \":\", keeps them apart, if the rows are written with it too");
  }

  void warnOfTexts(size_t first, size_t second) {
    std::string between;
    for (size_t i = first + 1; i <= second; ++i) between += places_[i].before + (i < second ? "0" : "");
    warn(
        fmt::format(R"({0} = "1", {1} = "2{2}3" and {0} = "1{2}2", {1} = "3")", nameOf(first), nameOf(second), between),
        fmt::format("1{0}2{0}3", between),
        "key escaped \"...\" keeps them apart, if the program that writes the rows escapes values too, as in URLs");
  }

  void warn(const std::string& rows, std::string_view key, std::string cure) {
    diagnostics_
        .report(DiagnosticKind::SharedKeys, source_.keyPatternSpan,
                fmt::format("rows with different key fields can get the same key: {} have \"{}\" in it", rows, key))
        .note(std::move(cure));
  }

  std::string placeholders() const {
    std::string text;
    for (const FieldDecl& key : source_.keys) text += fmt::format("{}{{{}}}", text.empty() ? "" : ":", key.name.text);
    return text;
  }

  const SourceDecl& source_;
  const Names& names_;
  Diagnostics& diagnostics_;
  std::vector<Place> places_;
};

}  // namespace

void checkKeyPattern(const SourceDecl& source, const Names& names, Diagnostics& diagnostics) {
  KeyPatternChecker(source, names, diagnostics).run();
}

}  // namespace featc
