// SPDX-License-Identifier: Apache-2.0
// Random programs as files that `featc run` of any build takes.
#include "tests/random/keep.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <vector>

#include "data/json/json_writer.h"
#include "data/log/json_text.h"
#include "ir/interpreter.h"
#include "optimizer/pass.h"
#include "runtime/calls/extractor.h"
#include "support/json_quote.h"
#include "tests/random/beside.h"
#include "tests/random/random_store.h"
#include "tests/random/sayable.h"
#include "tests/random/weight.h"

namespace featc {
namespace {

void writeFile(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

void appendSayable(std::string& out, const Value& value, Type type) {
  std::string problem;
  appendJson(out, asMaps(value, type), problem);
  if (!problem.empty()) throw std::runtime_error(problem);
}

// A list of structs as objects; null where all members of one are missing.
template <class Fields, class ValueOf>
void appendStructs(std::string& out, const Fields& fields, StructList list, ValueOf&& valueOf) {
  out += '[';
  size_t size = valueOf(list.first).asList().size();
  for (size_t e = 0; e < size; ++e) {
    std::string members;
    for (size_t m = list.first; m < list.end(); ++m) {
      const Value& element = valueOf(m).asList()[e];
      if (element.isMissing()) continue;
      members += fmt::format("{}\"{}\": ", members.empty() ? "" : ", ", memberName(fields[m]));
      appendSayable(members, element, fields[m].type.element());
    }
    out += fmt::format("{}{}", e == 0 ? "" : ", ", members.empty() ? "null" : "{" + members + "}");
  }
  out += ']';
}

// What is there of a row, behind what stands in the object already; `valueOf(i)` is the value of field i.
template <class Fields, class ValueOf>
void appendFields(std::string& out, const Fields& fields, ValueOf&& valueOf) {
  for (size_t i = 0; i < fields.size(); i = structListOf(fields, i).end()) {
    if (valueOf(i).isMissing()) continue;
    bool single = fields[i].structList.empty();
    out += fmt::format("{}\"{}\": ", out.back() == '{' ? "" : ", ", single ? fields[i].name : fields[i].structList);
    if (single)
      appendSayable(out, valueOf(i), fields[i].type);
    else
      appendStructs(out, fields, structListOf(fields, i), valueOf);
  }
}

// The columns of one scope as JSON objects, a row each.
class Rows {
 public:
  Rows(const RandomData& data, Scope scope) {
    for (const RandomData::Column& column : data.columns) {
      if (column.field.scope != scope) continue;
      fields_.push_back(column.field);
      columns_.push_back(&column);
    }
  }

  void append(std::string& out, size_t row) const {
    out += '{';
    appendFields(out, fields_, [&](size_t i) -> const Value& { return columns_[i]->rows[row]; });
    out += '}';
  }

 private:
  std::vector<RandomField> fields_;
  std::vector<const RandomData::Column*> columns_;
};

std::string requestLines(const RandomData& data) {
  Rows requests(data, Scope::Request);
  Rows items(data, Scope::Item);
  std::string out;
  size_t item = 0;
  for (size_t r = 0; r < data.itemCounts.size(); ++r) {
    out += "{\"request\": ";
    requests.append(out, r);
    out += ", \"items\": [";
    for (int64_t i = 0; i < data.itemCounts[r]; ++i) {
      if (i > 0) out += ", ";
      items.append(out, item++);
    }
    out += "]}\n";
  }
  return out;
}

// Hands on, and remembers which keys were asked for.
class RecordedStore final : public Store {
 public:
  explicit RecordedStore(std::shared_ptr<RandomStore> rows) : rows_(std::move(rows)) {}

  void fetch(const FetchRequest& request, Done done) override {
    {
      std::lock_guard lock(mutex_);
      keys_[request.source->name].insert(request.keys.begin(), request.keys.end());
    }
    rows_->fetch(request, std::move(done));
  }

  // In the form that `featc load` reads.
  std::string rows(const ProgramInfo& info) const {
    std::string out;
    for (const SourceInfo& source : info.sources) {
      auto keys = keys_.find(source.name);
      if (keys == keys_.end()) continue;
      for (const std::string& key : keys->second)
        if (rows_->has(key)) appendRow(out, source, key);
    }
    return out;
  }

 private:
  void appendRow(std::string& out, const SourceInfo& source, const std::string& key) const {
    std::string row = fmt::format("{{\"source\": \"{}\"", source.name);
    std::string_view rest = std::string_view(key).substr(source.name.size() + 1);
    for (size_t k = 0; k < source.keys.size(); ++k) {
      bool isText = source.keys[k].type.is(Kind::String);
      // Of two texts the first one may end at any colon: all such rows have the same key.
      bool isLast = k + 1 == source.keys.size();
      size_t end = isLast ? rest.size() : source.keys.back().type.is(Kind::String) ? rest.find(':') : rest.rfind(':');
      std::string_view part = rest.substr(0, end);
      row += fmt::format(", \"{}\": {}", source.keys[k].name, isText ? jsonQuote(part) : std::string(part));
      if (!isLast) rest.remove_prefix(end + 1);
    }
    std::vector<Value> values;
    for (size_t f = 0; f < source.fields.size(); ++f) values.push_back(rows_->field(source, f, key));
    appendFields(row, source.fields, [&](size_t f) -> const Value& { return values[f]; });
    out += row + "}\n";
  }

  std::shared_ptr<RandomStore> rows_;
  std::mutex mutex_;
  std::map<std::string, std::set<std::string>> keys_;
};

std::string expected(const Extractor& extractor, const RandomData& data) {
  BoundBatch batch(data, extractor.info(), 0, data.itemCounts.size());
  Scratch scratch(extractor);
  Result result;
  if (Error e = extractor.run(batch.batch(), scratch, result)) throw std::runtime_error(e.message);
  std::vector<InputRow> rows;
  for (uint64_t r = 0; r < data.itemCounts.size(); ++r)
    for (int64_t i = 0; i < data.itemCounts[r]; ++i) rows.push_back({rows.size(), r, static_cast<uint64_t>(i), r + 1});
  std::string out;
  newJsonWriter(extractor.info())->write(result, rows, out);
  return out;
}

}  // namespace

void keepBeside(const std::string& folder) {
  namespace fs = std::filesystem;
  fs::create_directories(folder + "/plugins");
  for (const BesideFile& file : besideFiles()) writeFile(folder + "/" + file.name, file.content);
  fs::copy_file(besidePlugin(), fs::path(folder) / "plugins" / besidePlugin().filename(),
                fs::copy_options::overwrite_existing);
}

void keepProgram(const RandomCase& given, const std::string& folder, uint64_t number) {
  std::string path = fmt::format("{}/{}", folder, number);
  writeFile(path + ".feat", given.program.text());
  Expected<Graph> graph = compileRandom(given.program.text());
  if (!graph) return writeFile(path + ".jsonl", requestLines(sayable(given.data)));
  auto store = std::make_shared<RecordedStore>(std::make_shared<RandomStore>(given.storeSeed, StoredValues::Sayable));
  StoreBinding stores;
  stores.fallback = store;
  TestedEngine engine{"kept", makeInterpreter(*graph), &graph->info()};
  RandomData data = lightEnough(sayable(given.data), engine, stores);
  writeFile(path + ".jsonl", requestLines(data));
  writeFile(path + ".expected", expected(Extractor(graph->info(), engine.executable, stores), data));
  if (!graph->info().sources.empty()) writeFile(path + ".store.jsonl", store->rows(graph->info()));
}

}  // namespace featc
