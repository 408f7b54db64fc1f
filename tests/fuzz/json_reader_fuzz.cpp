// SPDX-License-Identifier: Apache-2.0
// Fuzzes the JSON lines reader: no input crashes it, and batches are sound.
#include <cstddef>
#include <cstdint>

#include "data/json/json_reader.h"
#include "tests/fuzz/reader_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace featc;
  checkReader({reinterpret_cast<const char*>(data), size},
              [](const ProgramInfo& info, std::unique_ptr<ByteSource> source, DataSink sink) {
                return newJsonReader(info, std::move(source), "in", false, std::move(sink));
              });
  return 0;
}
