// SPDX-License-Identifier: Apache-2.0
#include "frontend/format/format_config.h"

#include <fmt/format.h>

#include <stdexcept>

#include "frontend/format/columns.h"
#include "frontend/format/comments.h"

namespace featc {

namespace {

TokenFile tokensOf(const SourceFile& source, const FrontendLimits& limits) {
  TokenFile file;
  file.source = &source;
  file.tokens = tokenize(source.text(), limits.tokens).tokens;
  return file;
}

// Tokens and comments in their order, a line each: all of a text that counts.
std::string contentOf(const TokenFile& file) {
  std::string out;
  for (uint32_t i = 0; i < file.tokens.size(); ++i) {
    eachComment(file, i, [&](std::string_view comment, uint32_t) { out.append(comment).append(1, '\n'); });
    out.append(file.text(file.tokens[i])).append(1, '\n');
  }
  return out;
}

}  // namespace

std::optional<std::string> formatConfig(const std::filesystem::path& path, const std::string& text,
                                        const FrontendLimits& limits, Sources& sources, Diagnostics& diagnostics) {
  FrontendOptions options;
  options.limits = limits;
  options.mainFileAlone = true;
  Diagnostics found;
  Ast ast = parseConfig(path, text, options, sources, found);
  if (found.hasErrors()) {
    diagnostics = std::move(found);
    return std::nullopt;
  }

  TokenFile file = tokensOf(sources.file(ast.mainFile), limits);
  std::vector<StatementTokens> statements;
  Diagnostics told;
  StatementSplitter splitter(file, limits, told);
  TokenStyler styler(file);
  while (auto statement = splitter.next()) {
    styler.add(*statement);
    statements.push_back(*statement);
  }
  std::string out = writeLines(file, cutIntoLines(file, statements, styler.styles()), styler.styles());

  SourceFile written("written", out);
  TokenFile again = tokensOf(written, limits);
  Sources unused;
  Diagnostics after;
  if (contentOf(again) != contentOf(file) || toString(parseConfig(path, out, options, unused, after)) != toString(ast))
    throw std::logic_error(
        fmt::format("the layout of {} would change what it means; it stays as it is", path.string()));
  return out;
}

}  // namespace featc
