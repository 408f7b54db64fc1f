// SPDX-License-Identifier: Apache-2.0
// What a compiled config is, without what it computes: names, schema, sources, outputs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "values/hash.h"
#include "values/semantics.h"
#include "values/type.h"

namespace featc {

// Where a value lives: once, once a request, once an item. The join of two scopes is the larger.
enum class Scope : uint8_t { Constant = 0, Request = 1, Item = 2 };
std::string_view scopeName(Scope scope);

// A field that the caller supplies.
struct InputInfo {
  Scope scope = Scope::Item;  // Request or Item
  std::string name;
  Type type;  // as declared: a timestamp's node is int64
  // Of a member of a list of structs: the list's name, `clicks` of `clicks.ts`. Members of one list stand side
  // by side, and in a row they are lists of equal length or missing together.
  std::string structList{};

  std::string qualified() const;  // `item.price`
  // What the schema declares: `item.price`, and for each member of a list of structs `item.clicks`.
  std::string declared() const;
  bool operator==(const InputInfo&) const = default;
};

enum class Encoding : uint8_t { Hash, Json };

struct SourceField {
  std::string name;
  Type type;
  std::string structList{};  // as in InputInfo
  bool operator==(const SourceField&) const = default;
};

// What a key-value store holds under a key made of the key fields.
struct SourceInfo {
  std::string name;
  std::vector<SourceField> keys;
  // The key's text: literals and key fields in turn. `user:{user_id}` is {"user:", field 0, ""}.
  std::string keyPattern;
  Encoding encoding = Encoding::Hash;
  std::vector<SourceField> fields;  // always nullable
  // As ProgramInfo::semantics: how a store's texts are read as values.
  uint32_t semantics = kUnwrittenSemantics;
  bool keyEscaped = false;  // values stand in keys percent-encoded, so that no two rows share one
  bool operator==(const SourceInfo&) const = default;
};

enum class OutputKind : uint8_t { Sparse, Dense, Sequence };
std::string_view outputKindName(OutputKind kind);

// The most numbers a row that a dense output of a sequence group may have: its length times its width.
inline constexpr uint64_t kMaxGroupWidth = uint64_t{1} << 20U;

// The clauses of an output.
struct OutputInfo {
  OutputKind kind = OutputKind::Sparse;
  std::string name;
  Type type;  // of the value that is emitted
  Scope scope = Scope::Item;
  uint32_t slot = 0;               // sparse, sequence
  bool shared = false;             // sparse, sequence: another output may have the same slot
  std::optional<int64_t> missing;  // sparse: payload that stands for a missing value
  uint32_t width = 1;              // dense
  bool hasWidth = false;           // dense: written down
  double defaultValue = 0;         // dense
  uint32_t length = 0;             // sequence; in a sequence group: the most elements a row
  bool padLeft = false;            // of those: where rows become equally long, what fills them up stands before them
  // The sequence group that the output belongs to: `recent` of `recent__item`. Empty: none.
  std::string group;
  // Sparse, sequence: integers that lose bits are worth a warning (not hashes, not small for sure).
  bool countLostBits = false;
  // Dense: integers that a float32 may round. The fingerprint, which is older, does not know of it.
  bool mayRound = false;

  // What becomes ids or numbers: the value, or in a sequence group what an element of it is.
  Type emitted() const { return group.empty() ? type : type.element(); }
  // Of what a row, or an element, emits: whether ids have weights, and whether there may be several.
  bool hasWeights() const { return kind != OutputKind::Dense && emitted().isWeighted(); }
  bool hasSeveralIds() const { return kind != OutputKind::Dense && (emitted().isList() || emitted().isWeighted()); }
  bool operator==(const OutputInfo&) const = default;
};

// A fn of a plug-in: see ops/extern_fn.h.
struct ExternFn;

struct ProgramInfo {
  std::string model;
  uint32_t semantics = kUnwrittenSemantics;
  // Of the config that this was compiled from (ir/fingerprint.h); 0: not known.
  uint64_t fingerprint = 0;
  HashFamily hashFamily = HashFamily::Xxh3;
  std::vector<InputInfo> inputs;
  std::vector<SourceInfo> sources;
  std::vector<OutputInfo> outputs;
  // Operators that the program brings itself. One of a kind while it lives, so equal ones are the same.
  std::vector<std::shared_ptr<const ExternFn>> externs;
  bool operator==(const ProgramInfo&) const = default;
};

// A fingerprint as people and files see it, 16 hexadecimal digits, and back; nothing where the text is
// none.
std::string fingerprintText(uint64_t fingerprint);
std::optional<uint64_t> parseFingerprint(std::string_view text);

// The members of a list of structs among inputs or a source's fields.
struct StructList {
  size_t first = 0;
  size_t members = 0;

  size_t end() const { return first + members; }
};
// The one that the input or field `index` belongs to; without a list of structs, itself alone.
template <class Fields>
StructList structListOf(const Fields& fields, size_t index) {
  const std::string& name = fields[index].structList;
  if (name.empty()) return {index, 1};
  auto together = [&](size_t i) {
    if (fields[i].structList != name) return false;
    if constexpr (requires { fields[i].scope; }) return fields[i].scope == fields[index].scope;
    return true;
  };
  StructList list{index, 1};
  while (list.first > 0 && together(list.first - 1)) --list.first;
  while (list.end() < fields.size() && (list.end() <= index || together(list.end()))) ++list.members;
  return list;
}
// The name of a member within its struct: `ts` of `clicks.ts`.
template <class Field>
std::string_view memberName(const Field& field) {
  return std::string_view(field.name).substr(field.structList.size() + 1);
}

}  // namespace featc
