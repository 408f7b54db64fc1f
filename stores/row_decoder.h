// SPDX-License-Identifier: Apache-2.0
// The answer to a fetch, made of the rows' texts: one column a field, one row a key.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "runtime/reads/store.h"
#include "stores/field_text.h"

namespace featc {

// Every key starts as Absent with all fields missing. Texts must live in the answer's arena, or as long.
class RowDecoder {
 public:
  // The request's spans must stay valid. Throws std::bad_alloc, as do all others.
  RowDecoder(const FetchRequest& request, std::shared_ptr<Arena> arena);

  void setStatus(size_t key, KeyStatus status) { result_.status[key] = status; }
  KeyStatus status(size_t key) const { return result_.status[key]; }
  // A row whose wanted fields stand as text, in the order of FetchRequest::fields; one with no data is missing.
  void fields(size_t key, std::span<const Str> texts);
  // A row that is one JSON object. One that is broken, or no object, has every field missing and counted.
  void json(size_t key, std::string_view text);
  // A row that is none: every field is missing and counted.
  void unreadable(size_t key);

  FetchResult take() { return std::move(result_); }

 private:
  bool structMember(simdjson::dom::element list, size_t f, size_t key);

  const FetchRequest& request_;
  FieldTextReader& reader_;
  FetchResult result_;
  std::vector<Value> structs_;  // members of a list of structs
};

// An answer whose keys all have `status`, and no row.
FetchResult answerAll(const FetchRequest& request, KeyStatus status);

}  // namespace featc
