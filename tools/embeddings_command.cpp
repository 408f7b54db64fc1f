// SPDX-License-Identifier: Apache-2.0
// featc embeddings: makes tables of embeddings, and looks into them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "server/embeddings/build/delta_builder.h"
#include "server/embeddings/build/epoch_writer.h"
#include "server/embeddings/build/publish.h"
#include "server/embeddings/build/table_builder.h"
#include "server/embeddings/build/verify_table.h"
#include "server/embeddings/epoch.h"
#include "server/embeddings/overlay.h"
#include "stores/open_store.h"
#include "stores/store_kind.h"
#include "stores/store_writer.h"
#include "support/print_error.h"
#include "support/suggest.h"
#include "tools/command.h"
#include "tools/output_file.h"
#include "tools/table_spec.h"

namespace featc {
namespace {

namespace fs = std::filesystem;

struct EmbeddingsOptions {
  std::string folder;
  std::vector<std::string> tables;
  std::string epoch;
  std::string duplicates = "error";
  uint64_t memory = uint64_t{1} << 30U;
  std::string temporary;
  std::string table;
  uint64_t id = 0;
  bool removeDeltas = false;
  std::string store;
  bool all = false;
};

int say(const Error& error) {
  printError("featc embeddings: {}\n", error.message);
  return error.code == ErrorCode::BadArgument && error.place.empty() ? kBadCommand : kBadInput;
}

std::string nameOf(const std::string& folder) {
  const fs::path path = fs::path(folder).lexically_normal();
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

// -- build -------------------------------------------------------------------------------------------

Expected<std::vector<TableSpec>> parseSpecs(const std::vector<std::string>& texts, bool rowsOnly) {
  std::vector<TableSpec> specs;
  for (const std::string& text : texts) {
    Expected<TableSpec> spec = parseTableSpec(text, rowsOnly);
    if (!spec) return spec.error();
    for (const TableSpec& other : specs) {
      if (other.name == spec->name)
        return Error(fmt::format("table \"{}\" is named twice; one may have several rows=", spec->name),
                     ErrorCode::BadArgument);
      for (const std::string& output : spec->outputs)
        if (!rowsOnly && std::ranges::find(other.outputs, output) != other.outputs.end())
          return Error(fmt::format("output \"{}\" has two tables, \"{}\" and \"{}\"; it can have one", output,
                                   other.name, spec->name),
                       ErrorCode::BadArgument);
    }
    specs.push_back(*std::move(spec));
  }
  return specs;
}

Expected<std::vector<float>> defaultRowOf(const TableSpec& spec, const BuiltTable& built, const std::string& path) {
  std::vector<float> row(built.dim);
  if (spec.defaultRow.kind == DefaultRow::Kind::Zeros) return row;
  if (spec.defaultRow.kind == DefaultRow::Kind::Mean) {
    // As lookups will have it.
    std::vector<std::byte> rounded(rowBytes(spec.type, built.dim));
    encodeRow(spec.type, built.mean.data(), built.dim, rounded.data());
    decodeRow(spec.type, rounded.data(), built.dim, row.data());
    return row;
  }
  Expected<std::shared_ptr<const EmbeddingTable>> table =
      EmbeddingTable::open(path, {.checkRows = false, .copy = false});
  if (!table) return table.error();
  const std::byte* found = (*table)->find(spec.defaultRow.id);
  if (found == nullptr)
    return Error(fmt::format("table \"{}\": default=id:{}: there is no row of that id", spec.name, spec.defaultRow.id),
                 ErrorCode::BadArgument);
  decodeRow(spec.type, found, built.dim, row.data());
  return row;
}

Expected<ManifestTable> buildTable(const EmbeddingsOptions& options, const TableSpec& spec) {
  TableBuilder builder({.type = spec.type,
                        .repeated = options.duplicates == "last" ? Repeated::TakeLast : Repeated::Error,
                        .memory = options.memory,
                        .temporaryFolder = options.temporary.empty() ? options.folder : options.temporary});
  for (const RowFiles& files : spec.files) {
    Expected<std::unique_ptr<RowSource>> rows = openRows(files, spec.columns);
    if (!rows) return rows.error();
    if (Error failed = builder.add(**rows)) return failed;
  }
  ManifestTable table{.name = spec.name, .file = spec.name + ".table", .outputs = spec.outputs};
  const std::string path = options.folder + "/" + table.file;
  Expected<BuiltTable> built = builder.finish(path);
  if (!built) return built.error();
  Expected<std::vector<float>> defaultRow = defaultRowOf(spec, *built, path);
  if (!defaultRow) return defaultRow.error();
  table.dim = built->dim;
  table.type = spec.type;
  table.combiner = spec.combiner;
  table.rows = built->rows;
  table.defaultRow = *std::move(defaultRow);
  table.checksum = built->checksum;
  if (built->replaced > 0)
    printError("{}: warning: {} rows were left out: their ids have a later row\n", spec.name, built->replaced);
  fmt::print("{}: {} rows of {} x {}, {} bytes\n", table.name, table.rows, table.dim, rowTypeName(table.type),
             built->fileBytes);
  std::fflush(stdout);
  return table;
}

int runBuild(const EmbeddingsOptions& options) {
  Expected<std::vector<TableSpec>> specs = parseSpecs(options.tables, false);
  if (!specs) return say(specs.error());
  EpochManifest manifest{.epoch = options.epoch.empty() ? nameOf(options.folder) : options.epoch};
  if (!isPlainName(manifest.epoch)) {
    printError(
        "featc embeddings build: \"{}\" is not a name of an epoch, which has letters, digits, `_`, `-` and "
        "`.`; --epoch gives another one\n",
        manifest.epoch);
    return kBadCommand;
  }
  Expected<EpochLock> lock = beginEpoch(options.folder);
  if (!lock) return say(lock.error());
  for (const TableSpec& spec : *specs) {
    Expected<ManifestTable> table = buildTable(options, spec);
    if (!table) return say(table.error());
    manifest.tables.push_back(*std::move(table));
  }
  if (Error failed = publishEpoch(options.folder, manifest)) return say(failed);
  return printData(fmt::format("epoch {} in {}\n", manifest.epoch, options.folder));
}

// -- delta, compact ----------------------------------------------------------------------------------

Error unknownTable(const EpochManifest& manifest, const std::string& folder, const std::string& name) {
  std::vector<std::string_view> names;
  for (const ManifestTable& table : manifest.tables) names.push_back(table.name);
  const std::optional<std::string> nearest = nearestName(name, names);
  return {fmt::format("{} has no table \"{}\"{}; its tables are {}", folder, name,
                      nearest ? fmt::format(" (did you mean \"{}\"?)", *nearest) : "", fmt::join(names, ", ")),
          ErrorCode::BadArgument};
}

int runDelta(const EmbeddingsOptions& options) {
  Expected<std::vector<TableSpec>> specs = parseSpecs(options.tables, true);
  if (!specs) return say(specs.error());
  Expected<EpochManifest> manifest = readManifest(options.folder);
  if (!manifest) return say(manifest.error());
  std::vector<DeltaBuilder> builders;
  std::vector<DeltaTable> changes;
  std::string report;
  for (const TableSpec& spec : *specs) {
    const std::optional<size_t> known = manifest->tableNamed(spec.name);
    if (!known) return say(unknownTable(*manifest, options.folder, spec.name));
    builders.emplace_back(manifest->tables[*known]);
    for (const RowFiles& files : spec.files) {
      Expected<std::unique_ptr<RowSource>> rows = openRows(files, spec.columns);
      if (!rows) return say(rows.error());
      if (Error failed = builders.back().add(**rows)) return say(failed);
    }
  }
  for (const DeltaBuilder& builder : builders) {
    const DeltaTable& table = changes.emplace_back(builder.changes());
    const auto deleted = std::ranges::count_if(table.changes, [](const RowChange& c) { return c.row == nullptr; });
    report += fmt::format("{}: {} rows, {} deleted\n", table.name, std::ssize(table.changes) - deleted, deleted);
  }
  Expected<uint64_t> sequence = appendDelta(options.folder, std::move(changes));
  if (!sequence) return say(sequence.error());
  return printData(report + fmt::format("delta {} of epoch {}\n", *sequence, manifest->epoch));
}

int runCompact(const EmbeddingsOptions& options) {
  Expected<Compaction> done = compactEpoch(options.folder, options.removeDeltas);
  if (!done) return say(done.error());
  return printData(fmt::format("{} deltas, up to {}, are now in the tables{}{}\n", done->deltas, done->sequence,
                               done->tables.empty() ? "" : "; written anew: ", fmt::join(done->tables, ", ")));
}

int runPublish(const EmbeddingsOptions& options) {
  StoreUrl url;
  StoreOptions storeOptions;
  if (std::string problem = parseStoreUrl(options.store, url, storeOptions); !problem.empty()) {
    printError("featc embeddings publish: --store: {}\n", problem);
    return kBadCommand;
  }
  Expected<std::shared_ptr<EmbeddingEpoch>> epoch = EmbeddingEpoch::open(options.folder, {.copy = false});
  if (!epoch) return say(epoch.error());
  if (Error problem = (*epoch)->deltaProblem()) return say(problem);
  auto ofStore = [&](const std::string& message, ErrorCode code) {
    return Error(fmt::format("{}: {}", url.name(), message), code, url.name());
  };
  Expected<std::unique_ptr<StoreWriter>> writer = openStoreWriter(url, storeOptions);
  if (!writer) return say(ofStore(writer.error().message, writer.error().code));
  OpenedStore opened = openStore(options.store);
  if (opened.store == nullptr) return say(ofStore(opened.error, ErrorCode::BadStore));
  Expected<Published> done = publishToStore(**epoch, *opened.store, **writer, options.all);
  if (!done) return say(ofStore(done.error().message, done.error().code));
  return printData(fmt::format("{}: {} rows written, {} deleted; epoch {} up to delta {}\n", url.name(), done->rows,
                               done->deleted, (*epoch)->snapshot()->epoch(), done->sequence));
}

// -- inspect, get, verify ----------------------------------------------------------------------------

int runInspect(const EmbeddingsOptions& options) {
  Expected<std::shared_ptr<EmbeddingEpoch>> epoch =
      EmbeddingEpoch::open(options.folder, {.checkRows = false, .copy = false});
  if (!epoch) return say(epoch.error());
  const std::shared_ptr<const EmbeddingSnapshot> snapshot = (*epoch)->snapshot();
  const EpochManifest& manifest = snapshot->manifest();
  std::string out = fmt::format("epoch {}, origin {:016x}, tables at delta {}, deltas up to {}\n", manifest.epoch,
                                manifest.origin, manifest.sequence, snapshot->sequence());
  for (size_t i = 0; i < snapshot->size(); ++i) {
    const ManifestTable& known = manifest.tables[i];
    const EmbeddingTable& table = snapshot->table(i).table();
    const TableOverlay* overlay = snapshot->table(i).overlay().get();
    const bool isZero = std::ranges::all_of(known.defaultRow, [](float x) { return x == 0; });
    out += fmt::format(
        "{}: outputs {}; {} x {}, {}; {} rows, {} changed by deltas; {} bytes, {:.1f} a row; default {}\n", known.name,
        fmt::join(known.outputs, ", "), known.dim, rowTypeName(known.type), combinerName(known.combiner), known.rows,
        overlay == nullptr ? 0 : overlay->size(), table.fileBytes(),
        known.rows == 0 ? 0.0 : static_cast<double>(table.fileBytes()) / static_cast<double>(known.rows),
        isZero ? "zeros" : "row");
  }
  if (Error problem = (*epoch)->deltaProblem()) {
    printData(out);
    return say(problem);
  }
  return printData(out);
}

int runGet(const EmbeddingsOptions& options) {
  Expected<std::shared_ptr<EmbeddingEpoch>> epoch =
      EmbeddingEpoch::open(options.folder, {.checkRows = false, .copy = false});
  if (!epoch) return say(epoch.error());
  const std::shared_ptr<const EmbeddingSnapshot> snapshot = (*epoch)->snapshot();
  const EpochManifest& manifest = snapshot->manifest();
  if (!options.table.empty() && !manifest.tableNamed(options.table))
    return say(unknownTable(manifest, options.folder, options.table));
  std::string out;
  for (size_t i = 0; i < snapshot->size(); ++i) {
    if (!options.table.empty() && manifest.tables[i].name != options.table) continue;
    std::vector<float> row(snapshot->table(i).dim());
    if (snapshot->table(i).get(options.id, row.data()))
      out += fmt::format("{}: {}\n", manifest.tables[i].name, fmt::join(row, " "));
  }
  if (Error problem = (*epoch)->deltaProblem()) printError("featc embeddings: warning: {}\n", problem.message);
  if (!out.empty()) return printData(out);
  printError("featc embeddings get: id {} has no row{}\n", options.id,
             options.table.empty() ? std::string() : fmt::format(" in table \"{}\"", options.table));
  return kBadInput;
}

int runVerify(const EmbeddingsOptions& options) {
  Expected<std::shared_ptr<EmbeddingEpoch>> epoch = EmbeddingEpoch::open(options.folder, {.copy = false});
  if (!epoch) return say(epoch.error());
  const std::shared_ptr<const EmbeddingSnapshot> snapshot = (*epoch)->snapshot();
  uint64_t rows = 0;
  for (size_t i = 0; i < snapshot->size(); ++i) {
    const EmbeddingTable& table = snapshot->table(i).table();
    std::string problem = tableProblem(table);
    if (!problem.empty())
      return say({fmt::format("{}/{}: {}", options.folder, snapshot->manifest().tables[i].file, problem),
                  ErrorCode::BadModel, options.folder});
    rows += table.rows();
  }
  if (Error problem = (*epoch)->deltaProblem()) return say(problem);
  return printData(fmt::format("epoch {}: {} tables with {} rows and deltas up to {} are whole\n", snapshot->epoch(),
                               snapshot->size(), rows, snapshot->sequence()));
}

}  // namespace

void addEmbeddingsCommand(CommandLine& line) {
  auto options = std::make_shared<EmbeddingsOptions>();
  CommandLine commands = line.add("embeddings", "Make tables of embeddings, and look into them").subcommands();
  auto add = [&](const char* name, const char* help, int (*run)(const EmbeddingsOptions&)) {
    Command command = commands.add(name, help);
    command.option("EPOCH", options->folder, "The epoch's folder").required();
    command.runs([options, run] { return run(*options); });
    return command;
  };

  Command build = add("build", "Build an epoch of files of ids and vectors", runBuild);
  build
      .option("TABLE", options->tables,
              "NAME,rows=FILE or NAME,ids=FILE,vectors=FILE; also outputs=A+B, dtype=float32|bfloat16, "
              "combiner=sum|mean, default=zeros|mean|id:N, and id=COLUMN, vector=COLUMN")
      .required();
  build.option("--epoch", options->epoch, "The epoch's name (default: the folder's)").placeholder("NAME");
  build.option("--duplicates", options->duplicates, "An id with several rows: an error, or its last row counts")
      .oneOf({"error", "last"})
      .showDefault();
  build.option("--memory", options->memory, "About how much memory sorting may take; the rest goes to temporary files")
      .size();
  build.option("--temporary", options->temporary, "The folder of temporary files (default: the epoch's)")
      .placeholder("DIR");

  Command delta = add("delta", "Append a delta: rows that changed; a row without a vector is deleted", runDelta);
  delta.option("TABLE", options->tables, "NAME,rows=FILE or NAME,ids=FILE,vectors=FILE").required();

  Command compact = add("compact", "Put the deltas into the tables", runCompact);
  compact.flag("--remove-deltas", options->removeDeltas, "Remove the deltas that are then in the tables");

  Command publish = add("publish", "Write the rows, or the deltas that it lacks, into a key-value store", runPublish);
  publish.option("--store", options->store, fmt::format("The store: {}", fillableStoreForms()))
      .required()
      .placeholder("URL");
  publish.flag("--all", options->all, "Write all rows again where the store has the epoch");

  add("inspect", "Print what tables an epoch has", runInspect);
  Command get = add("get", "Print the row of an id", runGet);
  get.option("ID", options->id, "The slot id, as featc run prints it").required();
  get.option("--table", options->table, "Only in this table").placeholder("NAME");
  add("verify", "Read all of an epoch and check it", runVerify);
}

}  // namespace featc
