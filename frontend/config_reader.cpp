// SPDX-License-Identifier: Apache-2.0
// Reads the main file of a config and all that it imports into one Ast.
#include <fmt/format.h>

#include <map>
#include <unordered_map>
#include <utility>

#include "frontend/bad_tokens.h"
#include "frontend/data_files.h"
#include "frontend/frontend.h"
#include "frontend/hidden_text.h"
#include "frontend/imports.h"
#include "frontend/statement_builder.h"
#include "frontend/statement_parser.h"
#include "frontend/statement_splitter.h"
#include "frontend/strange_names.h"
#include "frontend/syntax_errors.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

class ConfigReader {
 public:
  ConfigReader(const FrontendOptions& options, Sources& sources, Diagnostics& diagnostics)
      : limits_(options.limits),
        mainFileAlone_(options.mainFileAlone),
        sources_(sources),
        diagnostics_(diagnostics),
        builder_(ast_, limits_, diagnostics) {}

  Ast run(const fs::path& path, std::optional<std::string> mainText, const fs::path& root) {
    root_ = resolveRoot(root, path);
    std::error_code error;
    fs::path folder = path == "-" ? fs::path() : path.parent_path();
    fs::path resolved = path == "-" ? root_ / "-" : fs::weakly_canonical(fs::absolute(path, error), error);
    std::string shown = path == "-" ? "<stdin>" : path.string();
    if (!mainText) {
      Expected<std::string> content = readConfigFile(path, limits_.fileBytes);
      if (!content) {
        Error problem = content.error();
        ast_.mainFile = sources_.add(shown, "");
        ast_.incomplete = true;
        if (problem.code == ErrorCode::BadArgument)
          problem.message += "; a config that comes through a pipe is named -, and the pipe is its stdin";
        report(problem, "import", fmt::format("\"{}\"", shown), {ast_.mainFile, 0, 0}, diagnostics_);
        return std::move(ast_);
      }
      mainText = *std::move(content);
    }
    ast_.mainFile = static_cast<FileId>(sources_.size());
    chain_.push_back({resolved, {}});
    files_[resolved] = {ast_.mainFile};
    // Imports of a config from elsewhere (stdin) start at the root.
    readFile({shown, folder, path == "-" ? root_ : resolved.parent_path()}, std::move(*mainText), /*imported=*/false);
    reportUnquotedNames(unquoted_, ast_, diagnostics_);
    warnLookAlikes(ast_, diagnostics_);
    if (!mainFileAlone_) readDataFiles(ast_, folders_, root_, limits_, sources_, diagnostics_);
    return std::move(ast_);
  }

 private:
  struct ReadFile {
    FileId id = 0;
    bool open = true;  // what it imports is being read
  };
  // A file's name as messages show it, its folder as shown and as resolved.
  struct Location {
    std::string shown;
    fs::path shownFolder;
    fs::path folder;
  };
  struct Link {
    fs::path file;
    Span import;  // that led here
  };

  void readFile(const Location& location, std::string text, bool imported) {
    totalBytes_ += text.size();
    bool tooLarge = text.size() > limits_.fileBytes;
    if (tooLarge || totalBytes_ > limits_.totalBytes) {
      // The text of an excessive file is not kept.
      FileId id = sources_.add(location.shown, "");
      diagnostics_.report(DiagnosticKind::FileTooLarge, {id, 0, 0},
                          tooLarge ? fmt::format("the file is larger than {} bytes", limits_.fileBytes)
                                   : fmt::format("all files together are larger than {} bytes", limits_.totalBytes));
      ast_.incomplete = true;
      return;
    }
    TokenFile file;
    file.id = sources_.add(location.shown, std::move(text));
    file.source = &sources_.file(file.id);
    folders_[file.id] = {location.shownFolder, location.folder};
    if (auto position = findInvalidText(file.text())) {
      auto at = static_cast<uint32_t>(*position);
      auto byte = static_cast<unsigned char>(file.text()[at]);
      diagnostics_.report(DiagnosticKind::InvalidText, {file.id, at, at + 1},
                          byte == 0 ? "a config holds no NUL byte"
                                    : fmt::format("byte \\x{:02x} is not UTF-8; a config is UTF-8 text", byte));
      ast_.incomplete = true;
      return;
    }
    TokenList list = tokenize(file.text(), limits_.tokens - tokens_);
    tokens_ += static_cast<uint32_t>(list.tokens.size() - 1);
    if (list.exceeded) {
      uint32_t at = list.tokens.back().begin;
      diagnostics_.report(DiagnosticKind::TooManyTokens, {file.id, at, at},
                          fmt::format("the config has more than {} tokens", limits_.tokens));
      ast_.incomplete = true;
      return;
    }
    file.tokens = std::move(list.tokens);
    file.foreignComments = std::move(list.foreignComments);
    reportHiddenText(file, diagnostics_);
    reportForeignComments(file, diagnostics_);
    reportForeignStrings(file, diagnostics_);
    readStatements(file, location, imported);
  }

  void readStatements(const TokenFile& file, const Location& location, bool imported) {
    StatementSplitter statements(file, limits_, diagnostics_);
    collectUnquoted(file, statements);
    while (auto statement = statements.next()) {
      if (statement->part == StatementPart::GroupEnd) {
        builder_.endGroup();
        continue;
      }
      auto* tree = statement->broken ? nullptr : parser_.parse(file, *statement);
      if (tree == nullptr) {
        if (!statement->broken) reportSyntaxError(file, *statement, parser_.failure(), statements, diagnostics_);
        builder_.addBroken(file, *statement);
        continue;
      }
      if (auto import = builder_.add(file, *statement, tree, imported)) follow(*import, location);
    }
  }

  void collectUnquoted(const TokenFile& file, const StatementSplitter& statements) {
    for (uint32_t i = 0; i < file.tokens.size(); ++i) {
      const Token& t = file.tokens[i];
      if (t.kind == TokenKind::WideName && !statements.isStrangeKeyword(i))
        unquoted_.push_back({std::string(file.text(t)), file.span(t)});
    }
  }

  void follow(const ImportDecl& import, const Location& from) {
    if (mainFileAlone_) {
      ast_.incomplete = true;
      return;
    }
    Expected<ImportFile> found = openImport(import.path, from.folder, root_);
    std::string asked = (from.folder / import.path).string();
    if (!found) return failImport(found.error(), import, std::move(asked));
    const fs::path& path = found->path;
    auto known = files_.find(path);
    if (known != files_.end()) {
      if (known->second.open) return reportCycle(path, import);
      ast_.imports.push_back({std::move(asked), path.string(), known->second.id});
      return;
    }
    if (files_.size() > limits_.imports) {
      // Said once: every further import would say the same.
      if (!std::exchange(tooManyImports_, true)) {
        diagnostics_.report(DiagnosticKind::TooManyImports, import.span,
                            fmt::format("the config imports more than {} files", limits_.imports));
      }
      ast_.incomplete = true;
      return;
    }
    Expected<std::string> content = found->file.read(limits_.fileBytes);
    if (!content) return failImport(content.error(), import, std::move(asked));

    auto id = static_cast<FileId>(sources_.size());
    files_[path] = {id};
    ast_.imports.push_back({std::move(asked), path.string(), id});
    chain_.push_back({path, import.span});
    fs::path shown = (from.shownFolder / import.path).lexically_normal();
    readFile({shown.string(), shown.parent_path(), path.parent_path()}, *std::move(content),
             /*imported=*/true);
    chain_.pop_back();
    files_[path].open = false;
  }

  void failImport(const Error& problem, const ImportDecl& import, std::string asked) {
    ast_.unreadImports.push_back(std::move(asked));
    report(problem, "import", sources_.text(import.span), import.span, diagnostics_);
    ast_.incomplete = true;
  }

  void reportCycle(const fs::path& path, const ImportDecl& import) {
    Diagnostic& diagnostic = diagnostics_.report(
        DiagnosticKind::ImportCycle, import.span,
        chain_.back().file == path ? fmt::format("{} imports itself", sources_.text(import.span))
                                   : fmt::format("importing {} makes a cycle", sources_.text(import.span)));
    size_t first = 0;
    while (chain_[first].file != path) ++first;
    // A long circle is told by its first links.
    constexpr size_t kMostLinks = 10;
    for (size_t i = first + 1; i < chain_.size() && i <= first + kMostLinks; ++i) {
      diagnostic.note(chain_[i].import, "through this import");
    }
  }

  FrontendLimits limits_;
  bool mainFileAlone_;
  Sources& sources_;
  Diagnostics& diagnostics_;
  Ast ast_;
  StatementBuilder builder_;
  StatementParser parser_;
  fs::path root_;
  std::map<fs::path, ReadFile> files_;
  std::unordered_map<FileId, ConfigFolder> folders_;
  std::vector<Link> chain_;
  std::vector<Name> unquoted_;  // with letters that need backquotes
  size_t totalBytes_ = 0;
  uint32_t tokens_ = 0;
  bool tooManyImports_ = false;
};

}  // namespace

Ast parseConfig(const fs::path& path, std::optional<std::string> mainText, const FrontendOptions& options,
                Sources& sources, Diagnostics& diagnostics) {
  return ConfigReader(options, sources, diagnostics).run(path, std::move(mainText), options.root);
}

}  // namespace featc
