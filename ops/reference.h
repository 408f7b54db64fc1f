// SPDX-License-Identifier: Apache-2.0
// The operator reference, made from the records.
#pragma once

#include <string>
#include <vector>

namespace featc {

struct Example;
struct Operator;

// The operator's signatures; those that differ only in the scalar type are one, with `T`, `K`, `V`.
std::vector<std::string> signatures(const Operator& op);
// When the result is missing, in a sentence.
std::string missingRule(const Operator& op);
// "`boundaries` must be constant.", empty where no parameter must.
std::string constantRule(const Operator& op);
// docs/operators.md.
std::string operatorsMarkdown();

// `, under `semantics 2``: of an example that does not hold in all versions; else empty.
std::string sinceText(const Example& example);

}  // namespace featc
