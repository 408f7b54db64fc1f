// SPDX-License-Identifier: Apache-2.0
// The tensors of a request as the batch that an extractor reads.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/batch.h"
#include "runtime/program_info.h"
#include "server/oip/oip_problems.h"
#include "server/oip/oip_request.h"
#include "server/oip/oip_schema.h"

namespace featc {

// Made for one request.
class OipBatch {
 public:
  // Both must outlive it.
  OipBatch(const OipSchema& schema, const OipRequest& request)
      : schema_(schema), info_(schema.info()), request_(request) {}
  OipBatch(const OipBatch&) = delete;
  OipBatch& operator=(const OipBatch&) = delete;

  // Adds what is wrong, with the tensors' names; then there is no batch.
  void build(OipProblems& problems);
  // After build(). Borrows from this object and the request.
  Batch batch() const { return {requests_, items_, itemOffsets_.data(), columns_, nullptr, nullptr}; }

 private:
  // A field as the request has it.
  struct Field {
    size_t input = 0;
    const OipFieldNames* names = nullptr;  // that the request uses
    bool isThere = false;
    std::optional<int64_t> rows;
  };
  struct Tensor {
    const OipTensor* tensor = nullptr;
    bool used = false;
  };

  std::string indexTensors();
  void nameFields();
  bool has(const std::string& name) const { return tensors_.contains(name); }
  const OipTensor* find(const std::string& name);
  std::string countRows();
  std::string buildField(const Field& field);
  std::string buildValue(const std::string& base, const std::string& owner, Type type, int level, int64_t rows,
                         ColumnData& out);
  std::string buildScalar(const std::string& name, Type type, int64_t rows, ColumnData& out);
  const uint8_t* bitsOf(const OipTensor& tensor);
  std::string buildOffsets(const std::string& name, int64_t rows, const int64_t*& out, int64_t& elements);
  std::string buildValid(const Field& field, int64_t rows, ColumnData& out);
  void addUnused(OipProblems& problems) const;

  const OipSchema& schema_;
  const ProgramInfo& info_;
  const OipRequest& request_;
  std::map<std::string, Tensor, std::less<>> tensors_;
  std::vector<Field> fields_;
  int64_t requests_ = 1;
  int64_t items_ = 0;
  std::vector<int64_t> itemOffsets_;
  std::vector<ColumnData> columns_;
  std::deque<ColumnData> children_;
  std::deque<std::vector<uint8_t>> bitmaps_;
  std::deque<std::vector<double>> floats_;       // converted
  std::map<std::string, const uint8_t*> valid_;  // by owner
};

}  // namespace featc
