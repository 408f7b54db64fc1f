// SPDX-License-Identifier: Apache-2.0
// Fuzzes the JSON lines reader: no input crashes it, and batches are sound.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/json/json_reader.h"
#include "tests/fuzz/reader_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace featc;
  // All fields are used, or every second one, lists of structs as a whole.
  for (bool all : {true, false})
    checkReader({reinterpret_cast<const char*>(data), size},
                [all](const ProgramInfo& info, std::unique_ptr<ByteSource> source, DataSink sink) {
                  auto reader = newJsonReader(info, std::move(source), "in", false, std::move(sink));
                  std::vector<bool> used(info.inputs.size());
                  for (size_t i = 0; i < used.size(); ++i) used[i] = all || i % 2 == 0;
                  reader->useOnly(used);
                  return reader;
                });
  return 0;
}
