// SPDX-License-Identifier: Apache-2.0
// Reads the files that calls of operators name: vocabularies.
#include "frontend/data_files.h"

#include <fmt/format.h>

#include <map>
#include <unordered_set>

#include "frontend/imports.h"
#include "ops/operator.h"

namespace featc {

namespace {

namespace fs = std::filesystem;

class DataFileReader {
 public:
  DataFileReader(Ast& ast, const std::unordered_map<FileId, ConfigFolder>& folders, const fs::path& root,
                 const FrontendLimits& limits, Sources& sources, Diagnostics& diagnostics)
      : ast_(ast), folders_(folders), root_(root), limits_(limits), sources_(sources), diagnostics_(diagnostics) {
    // A fn or source of an operator's name wins.
    for (const FnDecl& fn : ast.fns) declared_.insert(fn.name.text);
    for (const ExternFnDecl& fn : ast.externs) declared_.insert(fn.name.text);
    for (const SourceDecl& source : ast.sources) declared_.insert(source.name.text);
    declared_.insert(ast.brokenNames.begin(), ast.brokenNames.end());
  }

  void run() {
    for (const Expr& e : ast_.exprs) {
      if (e.kind != ExprKind::Call || declared_.contains(ast_.text(e))) continue;
      const Operator* op = operators().find(ast_.text(e));
      if (op != nullptr && op->readsFiles()) readCall(e, *op);
    }
  }

 private:
  void readCall(const Expr& e, const Operator& op) {
    for (uint32_t i = 0; i < e.childCount; ++i) {
      const std::string& given = ast_.argNames[e.firstArgName + i].name;
      const ParamSpec* param = nullptr;
      for (size_t p = 0; p < op.params.size(); ++p) {
        if (given.empty() ? p == i : op.params[p].name == given) param = &op.params[p];
      }
      ExprId& child = ast_.children[e.firstChild + i];
      if (param == nullptr || !param->isFile || child == kNoExpr) continue;
      if (!readParameter(ast_.exprs[child], op, *param)) child = kNoExpr;
    }
  }

  bool readParameter(Expr& e, const Operator& op, const ParamSpec& param) {
    if (e.kind != ExprKind::String) {
      diagnostics_.report(
          DiagnosticKind::NotConstant, e.span,
          fmt::format("\"{0}\" of \"{1}\" names a file, which is read before anything is computed: write "
                      "the name itself, as in {0} = \"words.txt\"",
                      param.name, op.name));
      return false;
    }
    auto folder = folders_.find(e.span.file);
    if (folder == folders_.end()) return false;
    const std::string& name = ast_.text(e);
    std::string asked = (folder->second.resolved / name).string();
    Expected<ImportFile> found = openImport(name, folder->second.resolved, root_);
    if (!found) return fail(found.error(), e, std::move(asked));
    const fs::path& path = found->path;
    auto known = files_.find(path);
    if (known == files_.end()) {
      Expected<std::string> content = found->file.read(limits_.dataBytes - bytes_);
      if (!content) {
        Error problem = content.error();
        if (problem.code == ErrorCode::OverLimit)
          problem.message = fmt::format("with it, all data files are larger than {} bytes", limits_.dataBytes);
        return fail(problem, e, std::move(asked));
      }
      bytes_ += content->size();
      fs::path shown = (folder->second.shown / name).lexically_normal();
      known = files_.emplace(path, sources_.add(shown.string(), *std::move(content))).first;
    }
    ast_.imports.push_back({std::move(asked), path.string(), known->second});
    e.kind = ExprKind::File;
    e.intValue = static_cast<int64_t>(ast_.dataFiles.size());
    ast_.dataFiles.push_back({e.span, known->second, sources_.file(known->second).text()});
    return true;
  }

  bool fail(const Error& problem, const Expr& e, std::string asked) {
    ast_.unreadImports.push_back(std::move(asked));
    report(problem, "read", sources_.text(e.span), e.span, diagnostics_);
    return false;
  }

  Ast& ast_;
  const std::unordered_map<FileId, ConfigFolder>& folders_;
  const fs::path& root_;
  const FrontendLimits& limits_;
  Sources& sources_;
  Diagnostics& diagnostics_;
  std::unordered_set<std::string_view> declared_;
  std::map<fs::path, FileId> files_;
  size_t bytes_ = 0;
};

}  // namespace

void readDataFiles(Ast& ast, const std::unordered_map<FileId, ConfigFolder>& folders, const fs::path& root,
                   const FrontendLimits& limits, Sources& sources, Diagnostics& diagnostics) {
  DataFileReader(ast, folders, root, limits, sources, diagnostics).run();
}

}  // namespace featc
