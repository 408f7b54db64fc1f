// SPDX-License-Identifier: Apache-2.0
// Binds names, and finds out what is amiss where they bind nothing.
#include "data/csv/csv_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "data/csv/csv_looks.h"
#include "support/utf8.h"
#include "values/value.h"

namespace featc {
namespace {

constexpr size_t kShownNames = 4;
constexpr size_t kShownBytes = 40;

std::string shown(std::string_view name) {
  std::string_view part = utf8Prefix(name, kShownBytes);
  return quote(part) + (part.size() < name.size() ? "..." : "");
}

class Binder {
 public:
  Binder(const std::vector<std::string>& names, const std::vector<InputInfo>& inputs, const BatchBuilder& builder,
         const CsvOptions& options)
      : names_(names), inputs_(inputs), builder_(builder), options_(options), bound_(inputs.size()) {}

  CsvHeader bind() {
    for (const std::string& name : names_) bindNext(name);
    if (out_.problem.empty() && !inputs_.empty() && std::ranges::find(bound_, true) == bound_.end())
      out_.problem = noFieldAtAll();
    if (out_.problem.empty()) checkBound();
    return std::move(out_);
  }

 private:
  void fail(std::string problem) {
    if (out_.problem.empty()) out_.problem = std::move(problem);
  }

  void bindNext(const std::string& name) {
    CsvColumn& column = out_.columns.emplace_back();
    if (!name.empty()) {
      column.field = builder_.field(name);
      column.fields = {column.field, 1};
      if (column.field == BatchBuilder::kNoField) {
        column.field = builder_.structList(name);
        column.isStructList = column.field != BatchBuilder::kNoField;
        if (column.isStructList) column.fields = structListOf(inputs_, column.field);
      }
    }
    bool isBound = column.field != BatchBuilder::kNoField;
    // Lists and maps that hold lists and maps are written as JSON.
    const int depth = isBound && !column.isStructList ? nestingDepth(inputs_[column.field].type) : 0;
    column.isJson = depth > 1 || (depth == 1 && options_.jsonLists);
    out_.nested.push_back(depth == 1 && !column.isJson);
    if (!isBound) return unbound(name);
    if (!seen_.insert(name).second) return fail(fmt::format("the column {} appears twice", quote(name)));
    for (size_t i = column.fields.first; i < column.fields.end(); ++i) {
      if (bound_[i]) fail(fmt::format("the column {} names {} a second time", quote(name), inputs_[i].qualified()));
      bound_[i] = true;
    }
  }

  void unbound(std::string_view name) {
    if (name.empty()) {
      // In --columns that is how a column is left out.
      if (options_.columns.empty())
        out_.warnings.push_back(fmt::format("column {} has no name and is left out", out_.columns.size()));
      return;
    }
    for (const InputInfo& input : inputs_)
      if (input.name == name || input.structList == name)
        return fail(fmt::format("the column {0} may be request.{1} or item.{1}: name it so", quote(name), name));
    if (seen_.insert(std::string(name)).second)
      out_.warnings.push_back(fmt::format("no field is declared for the column {}", shown(name)));
  }

  bool isField(std::string_view name) const {
    return builder_.field(name) != BatchBuilder::kNoField ||
           (!name.empty() && builder_.structList(name) != BatchBuilder::kNoField);
  }

  static std::string_view bare(std::string_view name) { return name.substr(1, name.size() - 2); }

  // What keeps a name from being a field's: quotes or blanks; empty: neither.
  std::string adviceFor(std::string_view name) const {
    if (!options_.quotes && isWholeInQuotes(name) && isField(bare(name))) return "names are in quotes; pass --quote";
    if (std::string_view trimmed = withoutBlanks(name); trimmed.size() < name.size() && isField(trimmed))
      return "names have blanks around them; pass --trim";
    if (name.find('\r') != std::string_view::npos)
      return "lines end with a carriage return alone; write line feeds instead";
    return {};
  }
  std::string adviceForNames() const {
    for (const std::string& name : names_)
      if (std::string advice = adviceFor(name); !advice.empty()) return advice;
    return {};
  }

  // Why no column is a field: another delimiter, quotes, blanks, or no header at all.
  std::string noFieldAtAll() const {
    std::string text;
    for (size_t i = 0; i < std::min(names_.size(), kShownNames); ++i)
      text += fmt::format("{}{}", i == 0 ? "" : ", ", shown(names_[i]));
    if (names_.size() == 1)
      text = fmt::format("the only column {} is not a field", text);
    else
      text = fmt::format("none of the columns {}{} is a field", text, names_.size() > kShownNames ? ", ..." : "");
    if (!options_.columns.empty()) return text;
    for (char delimiter : {';', '\t', ',', '|'})
      if (delimiter != options_.delimiter && splitsIntoFields(delimiter))
        return fmt::format("{}: its cells are separated by {}; pass --delimiter {}{}", text,
                           delimiter == '\t' ? std::string("tabs") : fmt::format("\"{}\"", delimiter),
                           delimiter == '\t' ? std::string("tab") : fmt::format("'{}'", delimiter),
                           delimiter == options_.listDelimiter ? " --list-delimiter ','" : "");
    if (std::string advice = adviceForNames(); !advice.empty()) return fmt::format("{}: {}", text, advice);
    return fmt::format("{}; if the file has no header, name its columns: --columns {}", text, exampleColumns());
  }

  bool splitsIntoFields(char delimiter) const {
    for (std::string_view name : names_) {
      if (name.find(delimiter) == std::string_view::npos) continue;
      while (!name.empty()) {
        size_t end = std::min(name.find(delimiter), name.size());
        std::string_view part = withoutBlanks(name.substr(0, end));
        if (isField(isWholeInQuotes(part) ? bare(part) : part)) return true;
        name.remove_prefix(std::min(end + 1, name.size()));
      }
    }
    return false;
  }

  // `user_id,price,...`: as many as the file has.
  std::string exampleColumns() const {
    std::string text;
    size_t named = std::min({names_.size(), inputs_.size(), kShownNames});
    for (size_t i = 0; i < named; ++i) text += fmt::format("{}{}", i == 0 ? "" : ",", inputs_[i].name);
    if (named < names_.size()) text += ",...";
    return fmt::format("{} ({} names, an empty one for a column without a field)", text, names_.size());
  }

  void checkBound() {
    std::string missing;
    for (size_t i = 0; i < inputs_.size();) {
      // Members of a list of structs that have no column are missing in its elements.
      StructList list = structListOf(inputs_, i);
      const InputInfo& input = inputs_[i];
      bool isBound = false;
      for (; i < list.end(); ++i) isBound = isBound || bound_[i];
      if (isBound) continue;
      if (input.type.nullable())
        out_.warnings.push_back(fmt::format("the optional field {} never appears", input.declared()));
      else
        missing += fmt::format("{}{}", missing.empty() ? "" : ", ", input.declared());
    }
    if (missing.empty()) return;
    std::string advice = adviceForNames();
    fail(fmt::format("required fields have no column: {}{}{}", missing, advice.empty() ? "" : "; ", advice));
  }

  const std::vector<std::string>& names_;
  const std::vector<InputInfo>& inputs_;
  const BatchBuilder& builder_;
  const CsvOptions& options_;
  std::vector<bool> bound_;
  std::set<std::string> seen_;
  CsvHeader out_;
};

}  // namespace

CsvHeader bindColumns(const std::vector<std::string>& names, const std::vector<InputInfo>& inputs,
                      const BatchBuilder& builder, const CsvOptions& options) {
  return Binder(names, inputs, builder, options).bind();
}

}  // namespace featc
