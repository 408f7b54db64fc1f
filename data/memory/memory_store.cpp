// SPDX-License-Identifier: Apache-2.0
// A key-value store in memory, filled from JSON lines when it is made.
#include "data/memory/memory_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "data/input_stream.h"

namespace featc {

namespace {

// Rows are found by a std::string or a view of it without a copy.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

uint64_t columnBytes(Type type, uint64_t rows) { return type.is(Kind::Bool) ? (rows + 7) / 8 : rows * cellSize(type); }

// One field's cells in the store.
struct FieldColumn {
  Type type;
  std::vector<char> cells;
  std::vector<uint8_t> valid;

  void grow(uint64_t rows) {
    cells.resize(columnBytes(type, rows));
    valid.resize((rows + 7) / 8);
  }
  // Reading a const column through a ColumnRef, which is made for writing too.
  ColumnRef ref() const {
    return {const_cast<char*>(cells.data()), const_cast<uint8_t*>(valid.data()), false};  // NOLINT
  }
};

}  // namespace

struct MemoryStore::Table {
  std::string source;
  std::unordered_map<std::string, uint32_t, TextHash, std::equal_to<>> rowOf;
  std::vector<std::string> fieldNames;
  std::vector<FieldColumn> fields;

  const FieldColumn* field(const SourceField& wanted) const {
    auto at = std::ranges::find(fieldNames, wanted.name);
    if (at == fieldNames.end()) return nullptr;
    const FieldColumn& column = fields[static_cast<size_t>(at - fieldNames.begin())];
    return column.type.same(wanted.type) ? &column : nullptr;
  }
};

struct MemoryStore::Data {
  std::vector<Table> tables;  // by source
  Arena arena{SIZE_MAX};      // strings, lists and maps of all tables

  const Table* find(std::string_view source) const {
    auto at = std::ranges::find(tables, source, &Table::source);
    return at == tables.end() ? nullptr : &*at;
  }
};

// Takes JSON lines one by one.
class MemoryStore::Filler {
 public:
  Filler(std::span<const SourceInfo> sources, StoreLoadReport& report)
      : rows_(sources), report_(report), data_(std::make_shared<Data>()) {
    for (const SourceInfo& source : sources) {
      Table& table = data_->tables.emplace_back();
      lines_.emplace_back();
      replaced_.emplace_back();
      table.source = source.name;
      for (const SourceField& field : source.fields) {
        table.fieldNames.push_back(field.name);
        table.fields.push_back({field.type, {}, {}});
      }
    }
  }

  void line(uint64_t number, std::string_view text) {
    StoreRowReader::Row row = rows_.read(text, number);
    if (row == StoreRowReader::Row::Foreign) return;
    std::string reason = row == StoreRowReader::Row::Taken ? keep(number) : rows_.problem();
    if (reason.empty()) return;
    ++report_.badLineCount;
    if (report_.badLines.size() < StoreLoadReport::kMaxBadLines)
      report_.badLines.push_back({number, std::move(reason)});
  }

  std::shared_ptr<const Data> take() {
    report_.warnings = rows_.warnings();
    for (size_t s = 0; s < replaced_.size(); ++s)
      if (std::string text = replaced_[s].text(data_->tables[s].source); !text.empty())
        report_.warnings.push_back(std::move(text));
    return std::move(data_);
  }

 private:
  std::string keep(uint64_t number) {
    Table& table = data_->tables[rows_.source()];
    auto [at, isNew] = table.rowOf.try_emplace(std::move(rows_.key()), static_cast<uint32_t>(table.rowOf.size()));
    std::vector<uint64_t>& lines = lines_[rows_.source()];
    if (isNew)
      lines.push_back(number);
    else
      replaced_[rows_.source()].add(number, std::exchange(lines[at->second], number));
    for (size_t i = 0; i < rows_.values().size(); ++i) {
      FieldColumn& column = table.fields[i];
      if (isNew) column.grow(table.rowOf.size());
      if (!storeCell(rows_.values()[i], column.type, column.ref(), at->second, data_->arena))
        return "not enough memory";
    }
    ++report_.rows;
    return {};
  }

  StoreRowReader rows_;
  StoreLoadReport& report_;
  std::shared_ptr<Data> data_;
  std::vector<std::vector<uint64_t>> lines_;  // by source and row: where the row stood
  std::vector<ReplacedRows> replaced_;        // by source
};

MemoryStore::MemoryStore(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
MemoryStore::~MemoryStore() = default;

std::shared_ptr<MemoryStore> MemoryStore::parse(std::string_view text, std::span<const SourceInfo> sources,
                                                StoreLoadReport& report) {
  Filler filler(sources, report);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (uint64_t number = 1; !text.empty(); ++number) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) filler.line(number, line);
  }
  return std::shared_ptr<MemoryStore>(new MemoryStore(filler.take()));
}

std::shared_ptr<MemoryStore> MemoryStore::load(const std::string& path, std::span<const SourceInfo> sources,
                                               StoreLoadReport& report) {
  std::string text;
  Expected<std::unique_ptr<ByteSource>> file = openRegularFile(path);
  std::string error = file.error().message;
  char buffer[1 << 16];
  for (int64_t read = 1; file && read > 0;) {
    read = (*file)->read(buffer, sizeof buffer, error);
    text.append(buffer, static_cast<size_t>(std::max<int64_t>(read, 0)));
  }
  if (!error.empty()) {
    report.error = fmt::format("cannot read {}: {}", path, error);
    return nullptr;
  }
  return parse(text, sources, report);
}

size_t MemoryStore::size() const {
  size_t rows = 0;
  for (const Table& table : data_->tables) rows += table.rowOf.size();
  return rows;
}

void MemoryStore::fetch(const FetchRequest& request, Done done) {
  // The answer's cells point into the store's data: both live as long as the answer's arena.
  struct Holder {
    Arena arena{SIZE_MAX};
    std::shared_ptr<const Data> data;
  };
  auto holder = std::make_shared<Holder>();
  holder->data = data_;
  FetchResult result;
  result.arena = std::shared_ptr<Arena>(holder, &holder->arena);

  const Table* table = data_->find(request.source->name);
  std::vector<uint32_t> rows(request.keys.size());
  result.status.assign(request.keys.size(), KeyStatus::Absent);
  for (size_t k = 0; table != nullptr && k < request.keys.size(); ++k) {
    auto at = table->rowOf.find(request.keys[k]);
    if (at == table->rowOf.end()) continue;
    rows[k] = at->second;
    result.status[k] = KeyStatus::Found;
  }

  for (uint32_t index : request.fields) {
    const SourceField& wanted = request.source->fields[index];
    const FieldColumn* stored = table == nullptr ? nullptr : table->field(wanted);
    uint64_t validBytes = rows.size() / 8 + 1;
    uint64_t bytes = columnBytes(wanted.type, rows.size() + 1);
    ColumnRef out{holder->arena.allocate(bytes), holder->arena.allocate<uint8_t>(validBytes), false};
    std::memset(out.data, 0, bytes);
    std::memset(out.valid, 0, validBytes);
    result.columns.push_back(out);
    if (stored == nullptr) continue;
    ColumnRef in = stored->ref();
    uint32_t size = cellSize(wanted.type);
    for (size_t k = 0; k < rows.size(); ++k) {
      if (result.status[k] != KeyStatus::Found || !in.present(rows[k])) continue;
      setBit(out.valid, k, true);
      if (wanted.type.is(Kind::Bool))
        setBit(static_cast<uint8_t*>(out.data), k, in.get<bool>(rows[k]));
      else
        std::memcpy(static_cast<char*>(out.data) + k * size, static_cast<const char*>(in.data) + rows[k] * size, size);
    }
  }
  done(std::move(result));
}

}  // namespace featc
