// SPDX-License-Identifier: Apache-2.0
#include "frontend/format/format_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/format/columns.h"

namespace featc {

namespace {

// Files beside the config may be somewhere else, or not there.
bool concernsOtherFiles(DiagnosticKind kind) {
  return kind == DiagnosticKind::UnreadableFile || kind == DiagnosticKind::ImportOutsideRoot ||
         kind == DiagnosticKind::ImportCycle || kind == DiagnosticKind::TooManyImports;
}

bool isBroken(const Diagnostics& found, FileId file) {
  return std::ranges::any_of(found.sorted(), [&](const Diagnostic& d) {
    return d.span.file == file && kindSeverity(d.kind) == Severity::Error && !concernsOtherFiles(d.kind);
  });
}

TokenFile tokensOf(const SourceFile& source, const FrontendLimits& limits) {
  TokenFile file;
  file.source = &source;
  file.tokens = tokenize(source.text(), limits.tokens).tokens;
  return file;
}

// Tokens and comments in their order, a line each: all of a text that counts.
std::string contentOf(const TokenFile& file) {
  std::string out;
  uint32_t end = 0;
  for (const Token& token : file.tokens) {
    std::string_view gap = file.text().substr(end, token.begin - end);
    for (size_t at = 0; (at = gap.find('#', at)) != std::string_view::npos;) {
      size_t stop = std::min(gap.find('\n', at), gap.size());
      std::string_view comment = gap.substr(at, stop - at);
      comment = comment.substr(0, comment.find_last_not_of(" \t\r") + 1);
      out.append(comment).append(1, '\n');
      at = stop;
    }
    out.append(file.text(token)).append(1, '\n');
    end = token.end;
  }
  return out;
}

}  // namespace

std::optional<std::string> formatConfig(const std::filesystem::path& path, const std::string& text,
                                        const FrontendOptions& options, Sources& sources, Diagnostics& diagnostics) {
  Ast ast = parseConfig(path, text, options, sources, diagnostics);
  if (isBroken(diagnostics, ast.mainFile)) return std::nullopt;

  TokenFile file = tokensOf(sources.file(ast.mainFile), options.limits);
  std::vector<StatementTokens> statements;
  Diagnostics told;
  StatementSplitter splitter(file, options.limits, told);
  TokenStyler styler(file);
  while (auto statement = splitter.next()) {
    styler.add(*statement);
    statements.push_back(*statement);
  }
  std::string out = writeLines(file, cutIntoLines(file, statements, styler.styles()), styler.styles());

  SourceFile written("written", out);
  TokenFile again = tokensOf(written, options.limits);
  Sources unused;
  Diagnostics after;
  if (contentOf(again) != contentOf(file) || toString(parseConfig(path, out, options, unused, after)) != toString(ast))
    throw std::logic_error(
        fmt::format("the layout of {} would change what it means; it stays as it is", path.string()));
  return out;
}

}  // namespace featc
