// SPDX-License-Identifier: Apache-2.0
// How diagnostics are collected and rendered, and which names are suggested.
#include "support/diagnostics.h"

#include "support/suggest.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

std::string render(std::string text, uint32_t begin, uint32_t end) {
  Sources sources;
  FileId file = sources.add("a.feat", std::move(text));
  return renderText(sources, Diagnostic{DiagnosticKind::Syntax, {file, begin, end}, "wrong", {}, std::nullopt});
}

TEST_CASE("carets stand under the range", "[diagnostics]") {
  CHECK(render("let x = abc\n", 8, 11) == "a.feat:1:9: error: wrong\n    1 | let x = abc\n      |         ^~~\n");
  // At the end of the line and of the text.
  CHECK(render("let x", 5, 5) == "a.feat:1:6: error: wrong\n    1 | let x\n      |      ^\n");
  // A range over two lines: the first is shown.
  CHECK(render("ab\ncd\n", 1, 5) == "a.feat:1:2: error: wrong\n    1 | ab\n      |  ^\n");
  // The second line, with its own columns.
  CHECK(render("ab\r\ncd\r\n", 4, 6) == "a.feat:2:1: error: wrong\n    2 | cd\n      | ^~\n");
}

TEST_CASE("carets keep their place beside tabs and wide characters", "[diagnostics]") {
  CHECK(render("\tx\ty", 3, 4) == "a.feat:1:4: error: wrong\n    1 | \tx\ty\n      | \t \t^\n");
  // Columns count code points; two CJK characters take four terminal columns.
  CHECK(render("\xE4\xB8\xAD\xE6\x96\x87 y", 7, 8) ==
        "a.feat:1:4: error: wrong\n    1 | \xE4\xB8\xAD\xE6\x96\x87 y\n      |      ^\n");
  CHECK(render("\xE4\xB8\xAD\xE6\x96\x87 y", 0, 6) ==
        "a.feat:1:1: error: wrong\n    1 | \xE4\xB8\xAD\xE6\x96\x87 y\n      | ^~~~\n");
  // Control characters cannot act on the terminal.
  CHECK(render("a\x1b[2Jb", 5, 6) == "a.feat:1:6: error: wrong\n    1 | a?[2Jb\n      |      ^\n");
}

TEST_CASE("a long line is shown around the place", "[diagnostics]") {
  std::string text(100'000, 'a');
  text[50'000] = 'X';
  std::string shown = render(text, 50'000, 50'001);
  CHECK(shown.size() < 500);
  size_t lineStart = shown.find('\n') + 1;
  size_t caretLine = shown.find('\n', lineStart) + 1;
  CHECK(shown.find('X') - lineStart == shown.find('^') - caretLine);
}

TEST_CASE("notes and fixes follow", "[diagnostics]") {
  Sources sources;
  FileId file = sources.add("a.feat", "let x = \"q\"\nlet y = x\n");
  Diagnostic diagnostic{DiagnosticKind::UnknownName, {file, 20, 21}, "wrong", {}, std::nullopt};
  diagnostic.note({file, 4, 5}, "here").note("and so").replace({file, 20, 21}, "z");
  CHECK(renderText(sources, diagnostic) ==
        "a.feat:2:9: error: wrong\n    2 | let y = x\n      |         ^\n"
        "a.feat:1:5: note: here\n    1 | let x = \"q\"\n      |     ^\n"
        "note: and so\nfix: replace `x` by `z`\n");
  CHECK(renderJson(sources, diagnostic) ==
        R"({"file": "a.feat", "line": 2, "column": 9, "end_line": 2, "end_column": 10, "severity": "error", )"
        R"("kind": "unknown-name", "message": "wrong", "notes": [{"file": "a.feat", "line": 1, "column": 5, )"
        R"("end_line": 1, "end_column": 6, "message": "here"}, {"message": "and so"}], )"
        R"("fix": {"file": "a.feat", "line": 2, "column": 9, "end_line": 2, "end_column": 10, "replacement": "z"}})");
}

TEST_CASE("the excess of errors is told, not shown", "[diagnostics]") {
  Diagnostics diagnostics;
  for (uint32_t i = 0; i < 1000; ++i) {
    diagnostics.report(DiagnosticKind::Syntax, {0, 1000 - i, 1000 - i}, "wrong").note("why");
  }
  auto all = diagnostics.sorted();
  REQUIRE(all.size() == Diagnostics::kMaxErrors + 1);
  CHECK(diagnostics.errorCount() == 1000);
  CHECK(diagnostics.full());
  CHECK(all.back().kind == DiagnosticKind::TooManyErrors);
  CHECK(all[0].span.begin < all[1].span.begin);
}

TEST_CASE("the nearest name is suggested", "[suggest]") {
  std::vector<std::string_view> names = {"bucketize", "price", "category", "x", "is_missing"};
  CHECK(nearestName("bucketise", names) == "bucketize");
  CHECK(nearestName("bucektize", names) == "bucketize");
  CHECK(nearestName("PRICE", names) == "price");
  CHECK(nearestName("prcie", names) == "price");
  CHECK(nearestName("categry", names) == "category");
  CHECK(isSlip("bucektize", "bucketize"));
  CHECK(isSlip("LOG", "log"));
  CHECK(isSlip("contians", "contains"));
  CHECK(isSlip("jacard", "jaccard"));
  CHECK_FALSE(isSlip("rsqrt", "sqrt"));
  CHECK_FALSE(isSlip("exp2", "exp"));
  CHECK_FALSE(isSlip("l1_norm", "l2_norm"));
  CHECK_FALSE(isSlip("indexOf", "index_of"));
  CHECK_FALSE(isSlip("ln", "len"));
  CHECK_FALSE(isSlip("str", "std"));
  CHECK_FALSE(isSlip("substring", "string"));
  CHECK_FALSE(nearestName("y", names));
  CHECK_FALSE(nearestName("hello", names));
  CHECK_FALSE(nearestName("", names));
  CHECK_FALSE(nearestName(std::string(10'000, 'a'), names));
}

}  // namespace
}  // namespace featc
