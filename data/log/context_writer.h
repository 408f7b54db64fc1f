// SPDX-License-Identifier: Apache-2.0
// The requests of a call as JSON lines have them.
#pragma once

#include <string>
#include <vector>

#include "data/log/redaction.h"
#include "runtime/batch.h"

namespace featc {

// Immutable: threads share one.
class ContextWriter {
 public:
  ContextWriter(const ProgramInfo& info, const LogRedaction& redaction);

  // Appends an object a request, with its items, separated by commas. `problem` as for appendJson().
  void append(std::string& out, const Batch& batch, std::string& problem) const;

 private:
  // A field, or a list of structs.
  struct Entry {
    size_t first = 0;  // of its inputs
    size_t end = 0;
    std::string key;                   // `"price": `
    std::vector<std::string> members;  // the same of a list's members; empty: a field
  };

  void appendFields(std::string& out, const Batch& batch, const std::vector<Entry>& entries, int64_t row,
                    std::string& problem) const;
  void appendStructs(std::string& out, const Batch& batch, const Entry& entry, size_t at, int64_t row,
                     std::string& problem) const;

  std::vector<Type> types_;  // by input
  std::vector<Entry> ofRequest_;
  std::vector<Entry> ofItem_;
};

}  // namespace featc
