// SPDX-License-Identifier: Apache-2.0
// Fuzzes the CSV reader: no input crashes it, and batches are sound.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/csv/csv_reader.h"
#include "tests/fuzz/reader_check.h"

namespace {

// Every option, by the bits of a byte of the input.
featc::CsvOptions optionsOf(unsigned bits) {
  featc::CsvOptions options = (bits & 1U) != 0 ? featc::CsvOptions::tsv() : featc::CsvOptions();
  if ((bits & 2U) != 0) options.quotes = options.tellsSpans = !options.quotes;
  options.trim = (bits & 4U) != 0;
  options.jsonLists = (bits & 8U) != 0;
  if ((bits & 16U) != 0) options.nulls = {"\\N", "0"};
  if ((bits & 32U) != 0) options.columns = {"f", "", "l", "m", "s"};
  options.skipsHeader = (bits & 64U) != 0;
  return options;
}

// Lists of structs are read record by record, all else column by column where that can be.
void check(std::string_view text, const featc::CsvOptions& options, bool structs) {
  featc::checkReader(
      text, [&](const featc::ProgramInfo& info, std::unique_ptr<featc::ByteSource> source, featc::DataSink sink) {
        auto reader = featc::newCsvReader(info, std::move(source), "in", false, std::move(sink), options);
        std::vector<bool> used(info.inputs.size(), true);
        for (size_t i = 0; i < used.size(); ++i) used[i] = structs || info.inputs[i].structList.empty();
        reader->useOnly(used);
        return reader;
      });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (bool structs : {true, false}) {
    check(text, {}, structs);
    if (size > 0) check(text.substr(0, size - 1), optionsOf(data[size - 1]), structs);
  }
  return 0;
}
