// SPDX-License-Identifier: Apache-2.0
// The C interface that runs models: handles around the C++ one, and nothing that throws gets out.
#include "engine/aot/run_api.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/json/json_reader.h"
#include "engine/aot/handles.h"
#include "engine/aot/model.h"
#include "engine/aot/session.h"

namespace featc {

void describe(featc_extractor& out) {
  const ProgramInfo& info = out.extractor->info();
  for (const InputInfo& input : info.inputs) out.types.push_back(toString(input.type));
  for (const OutputInfo& output : info.outputs) out.types.push_back(toString(output.type));
  size_t type = 0;
  for (const InputInfo& input : info.inputs)
    out.inputs.push_back({input.name.c_str(), out.types[type++].c_str(), static_cast<featc_scope>(input.scope),
                          input.type.nullable() ? 1 : 0});
  for (const OutputInfo& o : info.outputs)
    out.outputs.push_back({o.name.c_str(), out.types[type++].c_str(), static_cast<featc_kind>(o.kind),
                           static_cast<featc_scope>(o.scope), o.slot, o.width, o.length, o.group.c_str(),
                           o.padLeft ? 1 : 0});
}

featc_failure failureOf(RunFailure kind) {
  switch (kind) {
    case RunFailure::BadBatch: return FEATC_BAD_BATCH;
    case RunFailure::NoMemory: return FEATC_NO_MEMORY;
    case RunFailure::OverLimit: return FEATC_OVER_LIMIT;
    case RunFailure::Late: return FEATC_LATE;
    case RunFailure::Cancelled: return FEATC_CANCELLED;
    case RunFailure::Refused:
    case RunFailure::Failed: break;
  }
  return FEATC_FAILED;
}

char* copyText(const std::string& text) {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

}  // namespace featc

namespace {

using namespace featc;

using Clock = std::chrono::steady_clock;

ColumnData toColumn(featc_session& session, const featc_column& column) {
  ColumnData out;
  out.length = column.length;
  out.offset = column.offset;
  out.validity = column.validity;
  out.offsets = column.offsets;
  out.values = column.values;
  out.wideOffsets = column.wide_offsets != 0;
  out.absent = column.absent != 0;
  for (int i = 0; i < 2; ++i) {
    if (column.children[i] == nullptr) continue;
    session.children.push_back(std::make_unique<ColumnData>(toColumn(session, *column.children[i])));
    out.children[i] = session.children.back().get();
  }
  return out;
}

featc_failure finish(featc_session& session, const Batch& batch) {
  session.options.deadline = session.patience.count() == 0 ? Clock::time_point::max() : Clock::now() + session.patience;
  RunError error = session.extractor->run(batch, session.scratch, session.result, session.options);
  if (!error) return FEATC_FINE;
  session.message += error.message;
  return failureOf(error.kind);
}

featc_failure runColumns(featc_session& session, const featc_batch& batch) {
  session.columns.clear();
  session.children.clear();
  for (size_t i = 0; i < batch.column_count; ++i) session.columns.push_back(toColumn(session, batch.columns[i]));
  session.rows.clear();
  return finish(session, {batch.requests, batch.items, batch.item_offsets, session.columns});
}

featc_failure runJson(featc_session& session, std::string_view text) {
  auto reader = newJsonReader(session.extractor->info(), memorySource(text), "input", false,
                              [&](const DataMessage& message) { session.message += message.render() + "\n"; });
  ReadStatus status = reader->next(session.builder, session.rows, INT64_MAX);
  if (status != ReadStatus::Batch && session.message.empty()) session.message = "there is no request in the text";
  featc_failure failed = finish(session, session.builder.batch());
  return status == ReadStatus::Batch ? failed : FEATC_BAD_BATCH;
}

// Of programs that were compiled with the first header that had it.
static_assert(sizeof(featc_call_options) == 16);

// More than a day is as good as for ever, and adds up to no time before now.
std::chrono::microseconds timeOf(uint64_t microseconds) {
  constexpr uint64_t kDay = 86'400'000'000;
  return std::chrono::microseconds(std::min(microseconds, kDay));
}

PluginFolders pluginFolders(std::span<const char* const> names) { return {{names.begin(), names.end()}}; }

// Binds the stores of a model that was opened.
std::unique_ptr<featc_extractor> load(const OpenedModel& opened, std::span<const featc_store> stores,
                                      std::string& error) {
  error = opened.error;
  if (opened.model == nullptr) return nullptr;
  auto out = std::make_unique<featc_extractor>();
  StoreBinding binding;
  error = bindStores(stores, opened.model->info(), binding, out->warnings);
  if (!error.empty()) return nullptr;
  out->extractor = std::make_shared<Extractor>(opened.model->extractor(std::move(binding)));
  describe(*out);
  return out;
}

}  // namespace

extern "C" {

// -- Loading ----------------------------------------------------------------------------------------

featc_extractor* featc_load_built(const featc_built* built, const featc_store* stores, size_t store_count,
                                  char** error) {
  return featc_load_built_with_plugins(built, nullptr, 0, stores, store_count, error);
}

featc_extractor* featc_open_built(const char* path, const featc_store* stores, size_t store_count, char** error) {
  return featc_open_built_with_plugins(path, nullptr, 0, stores, store_count, error);
}

featc_extractor* featc_load_built_with_plugins(const featc_built* built, const char* const* plugins,
                                               size_t plugin_count, const featc_store* stores, size_t store_count,
                                               char** error) {
  return guardedLoad(error, [&](std::string& reason) {
    return load(openModel(*built, pluginFolders({plugins, plugin_count})), {stores, store_count}, reason);
  });
}

featc_extractor* featc_open_built_with_plugins(const char* path, const char* const* plugins, size_t plugin_count,
                                               const featc_store* stores, size_t store_count, char** error) {
  return guardedLoad(error, [&](std::string& reason) {
    return load(openModel(std::filesystem::path(path), pluginFolders({plugins, plugin_count})), {stores, store_count},
                reason);
  });
}

void featc_free_extractor(featc_extractor* extractor) { delete extractor; }
void featc_free_text(char* text) { std::free(text); }
const char* featc_warnings(const featc_extractor* extractor) { return extractor->warnings.c_str(); }

// -- Describing -------------------------------------------------------------------------------------

const char* featc_model(const featc_extractor* extractor) { return extractor->extractor->info().model.c_str(); }
uint64_t featc_fingerprint(const featc_extractor* extractor) { return extractor->extractor->info().fingerprint; }
size_t featc_input_count(const featc_extractor* extractor) { return extractor->inputs.size(); }
size_t featc_output_count(const featc_extractor* extractor) { return extractor->outputs.size(); }

const featc_input* featc_input_at(const featc_extractor* extractor, size_t index) {
  return index < extractor->inputs.size() ? &extractor->inputs[index] : nullptr;
}

const featc_output* featc_output_at(const featc_extractor* extractor, size_t index) {
  return index < extractor->outputs.size() ? &extractor->outputs[index] : nullptr;
}

// -- Running ----------------------------------------------------------------------------------------

featc_session* featc_new_session(const featc_extractor* extractor) {
  try {
    return new featc_session(*extractor);
  } catch (...) {
    return nullptr;
  }
}

void featc_free_session(featc_session* session) { delete session; }

void featc_set_call_options(featc_session* session, const featc_call_options* options) {
  bool isPipelined = options->scheduler == FEATC_SCHEDULER_PIPELINED;
  session->options.scheduler = isPipelined ? Scheduler::Pipelined : Scheduler::Staged;
  session->options.shardItems = options->shard_items;
  session->patience = timeOf(options->timeout_microseconds);
}

void featc_set_call_limits(featc_session* session, const featc_call_limits* limits) {
  featc_call_limits known{};
  if (limits != nullptr) std::memcpy(&known, limits, std::min(limits->size, sizeof known));
  session->options.reserve =
      known.reserve_microseconds == 0 ? CallOptions().reserve : timeOf(known.reserve_microseconds);
  session->options.limits = {timeOf(known.max_computing_microseconds), std::max<int64_t>(known.max_items, 0),
                             known.max_value_bytes, known.max_result_bytes, known.max_row_ids};
}

featc_failure featc_run(featc_session* session, const featc_batch* batch) {
  return guarded(*session, [&] { return runColumns(*session, *batch); });
}

featc_failure featc_run_json(featc_session* session, const char* json, size_t size) {
  return guarded(*session, [&] { return runJson(*session, {json, size}); });
}

void featc_cancel(featc_session* session) { session->cancel.cancel(); }

void featc_set_memory_limit(uint64_t bytes) {
  MemoryBudget::ofProcess()->setLimit(bytes == 0 ? SIZE_MAX : static_cast<size_t>(bytes));
}
uint64_t featc_memory_held(void) { return MemoryBudget::ofProcess()->held(); }

const char* featc_message(const featc_session* session) { return session->message.c_str(); }

// -- The result of the last call --------------------------------------------------------------------

int64_t featc_result_requests(const featc_session* session) { return session->result.requests(); }
int64_t featc_result_items(const featc_session* session) { return session->result.items(); }

const int64_t* featc_result_item_offsets(const featc_session* session) { return session->result.itemOffsets().data(); }

featc_status featc_result_status(const featc_session* session, int64_t item) {
  return static_cast<featc_status>(session->result.status(item));
}

uint64_t featc_result_input_row(const featc_session* session, int64_t item) {
  auto index = static_cast<size_t>(item);
  return index < session->rows.size() ? session->rows[index].row : index;
}

int featc_result_values(const featc_session* session, size_t output, featc_values* values) {
  if (output >= session->result.outputCount()) return 1;
  const OutputColumn& column = session->result.output(output);
  bool isDense = session->extractor->info().outputs[output].kind == OutputKind::Dense;
  *values = {static_cast<featc_scope>(column.scope),
             column.rows,
             isDense ? nullptr : column.ids.data(),
             column.ragged ? column.offsets.data() : nullptr,
             column.weighted ? column.weights.data() : nullptr,
             isDense ? column.dense.data() : nullptr,
             column.width,
             column.perElement ? column.elementOffsets.data() : nullptr};
  return 0;
}

int featc_result_reads(const featc_session* session, size_t source, featc_reads* reads) {
  const std::vector<SourceInfo>& sources = session->extractor->info().sources;
  if (source >= sources.size() || session->result.outputCount() == 0) return 1;
  const ReadCounts& counts = session->result.reads(source);
  *reads = {sources[source].name.c_str(),
            counts.keys,
            counts.found,
            counts.absent,
            counts.failed,
            counts.timedOut,
            counts.badFields,
            counts.degraded() ? 1 : 0};
  return 0;
}

const char* featc_result_json(featc_session* session, size_t* size) {
  try {
    session->json.clear();
    auto items = static_cast<size_t>(session->result.items());
    const auto offsets = session->result.itemOffsets();
    // After featc_run the batch itself is the input.
    for (size_t i = session->rows.size(); i < items; ++i) {
      auto request = static_cast<size_t>(session->result.requestOf(static_cast<int64_t>(i)));
      session->rows.push_back({i, request, i - static_cast<size_t>(offsets[request]), 0});
    }
    session->writer->write(session->result, session->rows, session->json);
  } catch (...) {
    return nullptr;
  }
  if (size != nullptr) *size = session->json.size();
  return session->json.c_str();
}

}  // extern "C"
