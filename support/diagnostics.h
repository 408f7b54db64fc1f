// SPDX-License-Identifier: Apache-2.0
// What is wrong with a config: collected while compiling, rendered as text or JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/source.h"

namespace featc {

enum class Severity { Error, Warning };

// Every kind of diagnostic; the table behind it is support/diagnostic_kinds.def.
enum class DiagnosticKind {
#define FEATC_DIAGNOSTIC(name, severity, text) name,
#include "support/diagnostic_kinds.def"
#undef FEATC_DIAGNOSTIC
};

// The kind's stable name in JSON and tests: `unknown-name`.
std::string_view kindName(DiagnosticKind kind);
Severity kindSeverity(DiagnosticKind kind);
size_t diagnosticKindCount();

// Another place that belongs to the story; a note without a place has no span.
struct DiagnosticNote {
  std::optional<Span> span;
  std::string message;
};

// Replacing `span` with `replacement` would mend the mistake.
struct DiagnosticFix {
  Span span;
  std::string replacement;
};

struct Diagnostic {
  DiagnosticKind kind;
  Span span;
  std::string message;
  std::vector<DiagnosticNote> notes;
  std::optional<DiagnosticFix> fix;

  Diagnostic& note(Span at, std::string text) {
    notes.push_back({at, std::move(text)});
    return *this;
  }
  Diagnostic& note(std::string text) {
    notes.push_back({std::nullopt, std::move(text)});
    return *this;
  }
  Diagnostic& replace(Span at, std::string replacement) {
    fix = DiagnosticFix{at, std::move(replacement)};
    return *this;
  }
};

// Collects diagnostics. At most kMaxErrors errors and as many warnings are kept; one more of a kind
// of its own says that there were others.
class Diagnostics {
 public:
  static constexpr size_t kMaxErrors = 200;

  // No further error would be kept: whoever reads on only to find errors may stop.
  bool full() const { return errors_ > kMaxErrors; }

  // The reference is valid until the next report.
  Diagnostic& report(DiagnosticKind kind, Span span, std::string message);
  bool hasErrors() const { return errors_ > 0; }
  size_t errorCount() const { return errors_; }
  size_t warningCount() const { return warnings_; }
  // In source order: file, then position.
  std::vector<Diagnostic> sorted() const;

 private:
  std::vector<Diagnostic> all_;
  Diagnostic dropped_{};  // takes the notes of what is not kept
  std::optional<Diagnostic> tooManyErrors_;
  std::optional<Diagnostic> tooManyWarnings_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
};

// `FILE:LINE:COLUMN: error: MESSAGE`, the line, a caret under the range, the notes, the fix.
std::string renderText(const Sources& sources, const Diagnostic& diagnostic);
// One JSON object on one line: file line column end_line end_column severity kind message notes fix.
std::string renderJson(const Sources& sources, const Diagnostic& diagnostic);

}  // namespace featc
