# Headers that documents named and that have another place now, and targets that have another name: the old ones lead to
# the new ones until the release after 0.1.
set(featc_moved
  engine/aot/run_api.h=featc/run.h
  engine/c_api.h=featc/config.h
  engine/live_api.h=featc/live.h
  featc_tensor_sequence.h=featc/tensor_sequence.h
  ops/plugin.h=featc/plugin.h
  runtime/arrow/arrow_batch.h=data/arrow/arrow_batch.h
  runtime/arrow/arrow_reader.h=data/arrow/arrow_reader.h
  runtime/arrow/arrow_stream.h=data/arrow/arrow_stream.h
  runtime/arrow/c_interface.h=data/arrow/c_interface.h
  runtime/extractor.h=runtime/calls/extractor.h
  runtime/formats/tensor_sequence_writer.h=data/formats/tensor_sequence_writer.h
  runtime/io/csv_reader.h=data/csv/csv_reader.h
  runtime/io/json_reader.h=data/json/json_reader.h
  runtime/io/json_writer.h=data/json/json_writer.h
  runtime/io/record_reader.h=data/record_reader.h
  runtime/io/result_writer.h=data/result_writer.h
  runtime/reads/kept_stores.h=stores/kept_stores.h
  runtime/reads/memory_store.h=data/memory/memory_store.h
  runtime/run_totals.h=data/run_totals.h
  runtime/serving/seda_executor.h=runtime/seda/seda_executor.h
  runtime/stores/open_store.h=stores/open_store.h
  runtime/stores/store_states.h=stores/store_states.h
  runtime/stores/store_url.h=stores/store_url.h
  tools/data_findings.h=engine/explain/data_findings.h
  tools/explain.h=engine/explain/explain.h
  tools/trace_row.h=engine/explain/trace_row.h)
# What documents named and what has not moved in the sources. Installed, the public headers include/featc/*.hpp have taken
# its place.
set(featc_documented
  engine/aot/model.h=engine/aot/model.h
  engine/compile.h=engine/compile.h
  engine/live_config.h=engine/live_config.h
  engine/live_metrics.h=engine/live_metrics.h
  runtime/batch.h=runtime/batch.h
  runtime/batch_builder.h=runtime/batch_builder.h
  runtime/metrics/metrics.h=runtime/metrics/metrics.h
  runtime/program_info.h=runtime/program_info.h
  runtime/reads/store.h=runtime/reads/store.h
  runtime/reads/store_stats.h=runtime/reads/store_stats.h
  runtime/result.h=runtime/result.h)
set(featc_renamed serving=runtime_seda arrow_c=data_arrow formats=data_formats log=data_log metrics=runtime_metrics
  native=codegen_plan codegen=codegen_llvm explain=engine_explain)

foreach(moved ${featc_moved})
  string(REPLACE "=" ";" moved ${moved})
  list(GET moved 0 old)
  list(GET moved 1 new)
  set(names)
  if(NOT new MATCHES "^featc/")
    set(names "#include \"support/deprecated_names.h\"\n")
  endif()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/moved/${old} CONTENT
"// SPDX-License-Identifier: Apache-2.0
// Deprecated: include ${new}.
#pragma once

#include \"${new}\"
${names}" @ONLY)
endforeach()

set(featc_old_targets)
foreach(renamed ${featc_renamed})
  string(REPLACE "=" ";" renamed ${renamed})
  list(GET renamed 0 old)
  list(GET renamed 1 new)
  if(TARGET featc_${new})
    add_library(featc::${old} ALIAS featc_${new})
    string(APPEND featc_old_targets "add_library(featc::${old} ALIAS featc::${new})\n")
  endif()
endforeach()
