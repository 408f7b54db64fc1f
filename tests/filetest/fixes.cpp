// SPDX-License-Identifier: Apache-2.0
// Applies the fixes that the diagnostics of a test's config propose.
#include "tests/filetest/fixes.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "tests/filetest/compile_test.h"

namespace featc {

namespace {

// Where a fix's text stands once it is applied; a place that it emptied is told by what is beside it.
struct MendedPlace {
  std::string path;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool holds(const Sources& sources, Span span) const {
    return sources.file(span.file).path() == path && span.begin <= std::max(end, begin + 1) &&
           std::max(span.end, span.begin + 1) > begin;
  }
};

bool isError(const Diagnostic& d) { return kindSeverity(d.kind) == Severity::Error; }

// What is wrong with the mended config.
std::string problemOf(const Compiled& before, const Diagnostic& mended, const Compiled& after,
                      const MendedPlace& place) {
  uint32_t moved = place.end - place.begin - (mended.fix->span.end - mended.fix->span.begin);
  auto sameAsBefore = [&](const Diagnostic& d) {
    // Another mistake that was there already: in front of the fix, within what it replaces, or behind it.
    return std::ranges::any_of(before.diagnostics.sorted(), [&](const Diagnostic& old) {
      uint32_t begin = old.span.begin >= mended.fix->span.end ? old.span.begin + moved : old.span.begin;
      bool isWithin = old.span.begin >= mended.fix->span.begin && old.span.end <= mended.fix->span.end;
      bool isMended = old.message == mended.message && old.span == mended.span;
      return !isMended && old.kind == d.kind && old.message == d.message && (begin == d.span.begin || isWithin);
    });
  };
  for (const Diagnostic& d : after.diagnostics.sorted()) {
    bool isHere = place.holds(after.sources, d.span);
    bool isStill = isHere && d.kind == mended.kind && d.message == mended.message;
    if ((isStill || (isHere && isError(d))) && !sameAsBefore(d)) return renderText(after.sources, d);
  }
  return {};
}

}  // namespace

FixReport applyFixes(const TestFile& test) {
  FixReport report;
  TestFolder folder(test);
  bool lower = test.setting("stage") == "check";
  Compiled before;
  compileTest(test, folder, lower, before);
  for (const Diagnostic& d : before.diagnostics.sorted()) {
    if (!d.fix) continue;
    const SourceFile& file = before.sources.file(d.fix->span.file);
    std::string text(file.text());
    text.replace(d.fix->span.begin, d.fix->span.end - d.fix->span.begin, d.fix->replacement);
    std::ofstream(file.path(), std::ios::binary) << text;
    Compiled after;
    compileTest(test, folder, lower, after);
    std::ofstream(file.path(), std::ios::binary) << file.text();
    MendedPlace place{file.path(), d.fix->span.begin,
                      static_cast<uint32_t>(d.fix->span.begin + d.fix->replacement.size())};
    ++report.applied;
    std::string problem = problemOf(before, d, after, place);
    if (problem.empty()) continue;
    report.problems.push_back(
        folder.withoutPath(fmt::format("{}leads to\n{}", renderText(before.sources, d), problem)));
  }
  return report;
}

}  // namespace featc
