// SPDX-License-Identifier: Apache-2.0
// The C interface's results as Arrow.
#include "data/arrow/arrow_result.h"
#include "engine/aot/open_options.h"
#include "engine/aot/session.h"

namespace {

using namespace featc;

Expected<ArrowExport> exportOptions(const featc_arrow_options* given) {
  featc_arrow_options options;
  if (Error error = readSized(given, "featc_arrow_options", options)) return error;
  return ArrowExport{options.leave_out_failed != 0, options.with_status != 0, options.large_lists != 0};
}

}  // namespace

extern "C" {

featc_failure featc_arrow_schema(const featc_extractor* extractor, const featc_arrow_options* options,
                                 ArrowSchema* out) {
  if (out == nullptr) return FEATC_BAD_ARGUMENT;
  out->release = nullptr;
  try {
    Expected<ArrowExport> known = exportOptions(options);
    if (!known) return failureOf(known.error().code);
    ArrowOwner<ArrowSchema> schema;
    exportArrowSchema(extractor->extractor->info(), *known, schema.get());
    schema.moveTo(out);
    return FEATC_FINE;
  } catch (...) {
    return failureOf(currentError().code);
  }
}

featc_failure featc_result_arrow(featc_session* session, const featc_arrow_options* options, ArrowArray* out) {
  // What the call itself had to say stays where this has nothing to say.
  auto fail = [&](const Error& error) {
    session->message.clear();
    return session->fail(error);
  };
  if (out != nullptr) out->release = nullptr;
  try {
    if (out == nullptr) return fail(nullArgument("out"));
    Expected<ArrowExport> known = exportOptions(options);
    if (!known) return fail(known.error());
    if (session->result->outputCount() == 0)
      return fail({"there is no result: the session has run nothing, or its last call failed", ErrorCode::BadArgument});
    std::string error = exportArrowResult(session->extractor->info(), *known, session->result, out);
    return error.empty() ? FEATC_FINE : fail({error, ErrorCode::OverLimit});
  } catch (...) {
    return fail(currentError());
  }
}

}  // extern "C"
