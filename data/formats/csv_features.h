// SPDX-License-Identifier: Apache-2.0
// Reads features back from the CSV or TSV that they were written as: the same ids, weights and floats.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv/csv_record.h"
#include "data/input_stream.h"
#include "runtime/program_info.h"

namespace featc {

// What one cell holds for one value: ids (0 for a missing element of a sequence) and as many weights or none, or
// the numbers of a dense output.
struct CsvFeature {
  std::vector<uint64_t> ids;
  std::vector<float> weights;
  std::vector<float> numbers;
};

class CsvFeatureReader {
 public:
  // Of features of `info`, whose names the header must have in declaration order.
  CsvFeatureReader(const ProgramInfo& info, std::unique_ptr<ByteSource> source, char delimiter = ',');

  // The next item; false at the end, and where something is wrong, which error() then says.
  bool next();
  // By output: one value, or in a sequence group one an element.
  const std::vector<std::vector<CsvFeature>>& features() const { return features_; }
  // `line 3: price: "x" is not a number`; empty: nothing is wrong.
  const std::string& error() const { return error_; }

 private:
  bool readHeader();
  bool fail(std::string problem);

  std::vector<OutputInfo> outputs_;
  CsvOptions options_;
  InputWindow window_;
  CsvRecordReader records_;
  bool begun_ = false;
  std::vector<std::vector<CsvFeature>> features_;
  std::string error_;
};

}  // namespace featc
