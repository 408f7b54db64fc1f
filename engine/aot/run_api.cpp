// SPDX-License-Identifier: Apache-2.0
// The C interface that runs models: handles around the C++ one, and nothing that throws gets out.
#define FEATC_NO_DEPRECATED  // it has those functions too
#include "featc/run.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/json/json_reader.h"
#include "engine/aot/handles.h"
#include "engine/aot/model.h"
#include "engine/aot/open_options.h"
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

void finishOpening(featc_extractor& out, const OpenOptions& options) {
  describe(out);
  if (options.hasSeda) out.seda = std::make_shared<SedaHolder>(*out.extractor, options.seda);
}

char* copyText(const std::string& text) noexcept {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

}  // namespace featc

namespace {

using namespace featc;

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

// How a call goes on once its batch is there.
struct Compute {
  bool waits = true;
  featc_done done = nullptr;  // of a call that does not wait
  void* context = nullptr;

  featc_failure operator()(featc_session& session, const Batch& batch) const {
    if (!waits) return submitCall(session, batch, done, context);
    if (session.bySeda) {
      featc_failure refused = submitCall(session, batch, nullptr, nullptr);
      return refused != FEATC_FINE ? refused : std::exchange(session.awaited, nullptr)->wait();
    }
    session.options.deadline = session.deadline();
    Error error = session.extractor->run(batch, session.scratch, *session.result, session.options);
    return error ? session.fail(error) : FEATC_FINE;
  }
};

featc_failure runColumns(featc_session& session, const featc_batch* batch, const Compute& compute) {
  if (batch == nullptr) return session.fail(nullArgument("batch"));
  session.columns.clear();
  session.children.clear();
  for (size_t i = 0; i < batch->column_count; ++i) session.columns.push_back(toColumn(session, batch->columns[i]));
  session.rows.clear();
  return compute(session, {batch->requests, batch->items, batch->item_offsets, session.columns});
}

featc_failure runJson(featc_session& session, const char* json, size_t size, const Compute& compute) {
  if (json == nullptr && size != 0) return session.fail(nullArgument("json"));
  auto reader = newJsonReader(session.extractor->info(), memorySource({json, size}), "input", false,
                              [&](const DataMessage& message) { session.message += message.render() + "\n"; });
  ReadStatus status = reader->next(session.builder, session.rows, INT64_MAX);
  if (status == ReadStatus::Batch) return compute(session, session.builder.batch());
  if (session.message.empty()) session.message = "there is no request in the text";
  return FEATC_BAD_BATCH;
}

// Rows are released whatever fails, so they are taken over before anything can.
ArrowOwner<ArrowArray> takeOver(ArrowArray* rows) noexcept {
  return rows == nullptr ? ArrowOwner<ArrowArray>() : ArrowOwner<ArrowArray>(rows);
}

featc_failure runArrow(featc_session& session, const ArrowSchema* schema, ArrowOwner<ArrowArray> rows,
                       const Compute& compute) {
  if (rows.isReleased()) return session.fail({"rows is null or released", ErrorCode::BadArgument});
  if (schema == nullptr) return session.fail(nullArgument("schema"));
  const Extractor& extractor = *session.extractor;
  session.rows.clear();
  auto input = std::make_unique<ArrowCall>(extractor.info(), *schema, extractor.executable().layout().inputUsed);
  if (!input->binding.error().empty()) return session.fail({input->binding.error(), ErrorCode::BadBatch});
  input->batch = std::make_unique<ArrowBatch>(input->binding, std::move(rows));
  if (!input->batch->error().empty()) return session.fail({input->batch->error(), ErrorCode::BadBatch});
  for (const std::string& warning : input->binding.warnings()) session.message += warning + "\n";
  for (const DataNote& note : input->batch->notes(0)) session.message += noteText(note, extractor.info().inputs) + "\n";
  session.arrow = std::move(input);
  const ArrowBatch& batch = *session.arrow->batch;
  featc_failure failure = compute(session, batch.slice(0, batch.requests(), session.arrow->slice));
  if (compute.waits) session.arrow.reset();
  return failure;
}

// Of programs that were compiled with the first header that had it.
static_assert(sizeof(featc_call_options) == 16);

// The C and the C++ codes are the same numbers.
static_assert(static_cast<int>(ErrorCode::BadBatch) == FEATC_BAD_BATCH);
static_assert(static_cast<int>(ErrorCode::Failed) == FEATC_FAILED);
static_assert(static_cast<int>(ErrorCode::Refused) == FEATC_REFUSED);
static_assert(static_cast<int>(ErrorCode::BadArgument) == FEATC_BAD_ARGUMENT);
static_assert(static_cast<int>(ErrorCode::OtherMachine) == FEATC_OTHER_MACHINE);
static_assert(static_cast<int>(ErrorCode::BadCache) == FEATC_BAD_CACHE);

// Binds the stores of a model that was opened.
Expected<std::unique_ptr<featc_extractor>> bound(const Expected<std::shared_ptr<const Model>>& opened,
                                                 OpenOptions& options) {
  if (!opened) return opened.error();
  const Model& model = **opened;
  auto out = std::make_unique<featc_extractor>();
  StoreBinding binding;
  if (Error error = bindStores(options.given, model.info(), binding, out->warnings)) return error;
  out->extractor = std::make_shared<Extractor>(model.extractor(std::move(binding), options.limits));
  finishOpening(*out, options);
  return out;
}

featc_open_options storesAndPlugins(const char* const* plugins, size_t plugin_count, const featc_store* stores,
                                    size_t store_count) {
  featc_open_options options{};
  options.size = sizeof options;
  options.stores = stores;
  options.store_count = store_count;
  options.plugins = plugins;
  options.plugin_count = plugin_count;
  return options;
}

}  // namespace

extern "C" {

// -- Loading ----------------------------------------------------------------------------------------

featc_failure featc_open_library(const char* path, const featc_open_options* options, featc_extractor** extractor,
                                 char** error) {
  return guardedOpen(extractor, error, [&]() -> Expected<std::unique_ptr<featc_extractor>> {
    if (path == nullptr) return nullArgument("path");
    Expected<OpenOptions> known = readOpenOptions(options);
    if (!known) return known.error();
    return bound(openLibrary(path, known->plugins), *known);
  });
}

featc_failure featc_open_model(const featc_built* built, const featc_open_options* options, featc_extractor** extractor,
                               char** error) {
  return guardedOpen(extractor, error, [&]() -> Expected<std::unique_ptr<featc_extractor>> {
    if (built == nullptr) return nullArgument("built");
    Expected<OpenOptions> known = readOpenOptions(options);
    if (!known) return known.error();
    return bound(openBuilt(*built, known->plugins), *known);
  });
}

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
  featc_open_options options = storesAndPlugins(plugins, plugin_count, stores, store_count);
  featc_extractor* extractor = nullptr;
  featc_open_model(built, &options, &extractor, error);
  return extractor;
}

featc_extractor* featc_open_built_with_plugins(const char* path, const char* const* plugins, size_t plugin_count,
                                               const featc_store* stores, size_t store_count, char** error) {
  featc_open_options options = storesAndPlugins(plugins, plugin_count, stores, store_count);
  featc_extractor* extractor = nullptr;
  featc_open_library(path, &options, &extractor, error);
  return extractor;
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
  const int scheduler = enumNumber(options->scheduler);
  bool isPipelined = scheduler == FEATC_SCHEDULER_PIPELINED;
  session->bySeda = scheduler == FEATC_SCHEDULER_SEDA;
  session->options.scheduler = isPipelined ? Scheduler::Pipelined : Scheduler::Staged;
  session->options.shardItems = options->shard_items;
  session->patience = timeOf(options->timeout_microseconds);
}

featc_failure featc_set_call_limits(featc_session* session, const featc_call_limits* limits) {
  featc_call_limits known;
  try {
    if (Error error = readSized(limits, "featc_call_limits", known)) {
      session->message.clear();
      return session->fail(error);
    }
  } catch (...) {
    return FEATC_NO_MEMORY;
  }
  session->options.reserve =
      known.reserve_microseconds == 0 ? CallOptions().reserve : timeOf(known.reserve_microseconds);
  session->options.limits = callLimits(known);
  return FEATC_FINE;
}

featc_failure featc_run(featc_session* session, const featc_batch* batch) {
  return guarded(*session, [&] { return runColumns(*session, batch, {}); });
}

featc_failure featc_run_json(featc_session* session, const char* json, size_t size) {
  return guarded(*session, [&] { return runJson(*session, json, size, {}); });
}

featc_failure featc_run_arrow(featc_session* session, const ArrowSchema* schema, ArrowArray* rows) {
  ArrowOwner<ArrowArray> taken = takeOver(rows);
  return guarded(*session, [&] { return runArrow(*session, schema, std::move(taken), {}); });
}

featc_failure featc_submit(featc_session* session, const featc_batch* batch, featc_done done, void* context) {
  return guarded(*session, [&] { return runColumns(*session, batch, {false, done, context}); });
}

featc_failure featc_submit_json(featc_session* session, const char* json, size_t size, featc_done done, void* context) {
  return guarded(*session, [&] { return runJson(*session, json, size, {false, done, context}); });
}

featc_failure featc_submit_arrow(featc_session* session, const ArrowSchema* schema, ArrowArray* rows, featc_done done,
                                 void* context) {
  ArrowOwner<ArrowArray> taken = takeOver(rows);
  return guarded(*session, [&] { return runArrow(*session, schema, std::move(taken), {false, done, context}); });
}

void featc_cancel(featc_session* session) {
  session->hungUp.store(true, std::memory_order_relaxed);
  session->cancel.cancel();
}

void featc_set_memory_limit(uint64_t bytes) {
  MemoryBudget::ofProcess()->setLimit(bytes == 0 ? SIZE_MAX : static_cast<size_t>(bytes));
}
uint64_t featc_memory_held(void) { return MemoryBudget::ofProcess()->held(); }

const char* featc_failure_name(featc_failure failure) {
  const int code = enumNumber(failure);
  return code < FEATC_FINE || code > FEATC_BAD_CACHE ? "failed" : errorCodeName(static_cast<ErrorCode>(code)).data();
}

const char* featc_message(const featc_session* session) { return session->message.c_str(); }

// -- The result of the last call --------------------------------------------------------------------

int64_t featc_result_requests(const featc_session* session) { return session->result->requests(); }
int64_t featc_result_items(const featc_session* session) { return session->result->items(); }

const int64_t* featc_result_item_offsets(const featc_session* session) { return session->result->itemOffsets().data(); }

featc_status featc_result_status(const featc_session* session, int64_t item) {
  return static_cast<featc_status>(session->result->status(item));
}

uint64_t featc_result_input_row(const featc_session* session, int64_t item) {
  auto index = static_cast<size_t>(item);
  return index < session->rows.size() ? session->rows[index].row : index;
}

int featc_result_values(const featc_session* session, size_t output, featc_values* values) {
  if (output >= session->result->outputCount()) return 1;
  const OutputColumn& column = session->result->output(output);
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
  if (source >= sources.size() || session->result->outputCount() == 0) return 1;
  const ReadCounts& counts = session->result->reads(source);
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
    auto items = static_cast<size_t>(session->result->items());
    const auto offsets = session->result->itemOffsets();
    // After featc_run the batch itself is the input.
    for (size_t i = session->rows.size(); i < items; ++i) {
      auto request = static_cast<size_t>(session->result->requestOf(static_cast<int64_t>(i)));
      session->rows.push_back({i, request, i - static_cast<size_t>(offsets[request]), 0});
    }
    session->writer->write(*session->result, session->rows, session->json);
  } catch (...) {
    return nullptr;
  }
  if (size != nullptr) *size = session->json.size();
  return session->json.c_str();
}

}  // extern "C"
