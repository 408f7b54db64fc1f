// SPDX-License-Identifier: Apache-2.0
// A random config as a tree that can be printed and cut down: what the generator makes and the
// reducer shrinks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/operator.h"
#include "runtime/program_info.h"

namespace featc {

struct RandomExpr;
// Trees are immutable and share what they have in common.
using ExprPtr = std::shared_ptr<const RandomExpr>;

struct RandomExpr {
  enum class Kind : uint8_t {
    Literal,   // text
    Name,      // text: a field, let or parameter
    Member,    // text: `let.field` of a read
    Operator,  // op(children); null children: optional arguments left out
    Function,  // text(children): a fn of the config; null children: the last ones, left out
    Read,      // text(children): a source
  };
  Kind kind = Kind::Literal;
  Type type;
  std::string text;
  const Operator* op = nullptr;
  std::vector<ExprPtr> children;
};

struct RandomField {
  Scope scope = Scope::Item;
  std::string name;
  Type type;
  std::string structList{};  // as in InputInfo
};

struct RandomSource {
  std::string name;
  std::vector<SourceField> keys;
  std::vector<SourceField> fields;
};

struct RandomLet {
  std::string name;
  ExprPtr value;
  std::optional<size_t> group{};  // in RandomProgram::groups
};

struct RandomFn {
  std::string name;
  std::vector<SourceField> params;
  std::vector<ExprPtr> defaults;  // by parameter, null: none
  ExprPtr body;
};

struct RandomOutput {
  OutputKind kind = OutputKind::Sparse;
  std::string name;
  uint32_t slot = 0;
  bool shared = false;
  std::optional<int64_t> missing;
  std::optional<uint32_t> width;
  std::optional<double> defaultValue;
  uint32_t length = 0;
  bool padLeft = false;
  ExprPtr value;
  std::optional<size_t> group;  // in RandomProgram::groups
};

// Its elements are names like `it.f3`.
struct RandomGroup {
  std::string name;
  std::vector<std::string> over;  // fields, or one list of structs: a field or let
  uint32_t length = 1;            // 0: not written, since `first` or `last` is
  ExprPtr where{};
  uint32_t first = 0;  // 0: not written
  uint32_t last = 0;
  bool padLeft = false;
};

struct RandomProgram {
  uint32_t semantics = kUnwrittenSemantics;
  HashFamily hashFamily = HashFamily::Xxh3;
  std::vector<RandomField> fields;
  std::vector<RandomSource> sources;
  std::vector<RandomLet> lets;
  std::vector<RandomFn> fns;
  std::vector<RandomGroup> groups;
  std::vector<RandomOutput> outputs;

  std::string text() const;
  bool has(size_t group) const;  // whether any output is in it
  // Without what no output needs any more.
  RandomProgram withoutUnused() const;
};

// As written in a config, in parentheses wherever a neighbour could change its meaning.
std::string toText(const RandomExpr& expr);
// A float literal: has a point or an exponent, so that it is not an integer.
std::string floatLiteral(double value);

}  // namespace featc
