// SPDX-License-Identifier: Apache-2.0
// What the operators' laws ask about a call's arguments.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "ops/rewrite.h"

namespace featc {

// Laws hold for scalars: a call mapped over a list also fails rows whose list is too long.
bool allScalar(const Rewriter& rw, std::span<const NodeRef> args);
bool isBool(const Rewriter& rw, NodeRef node, bool value);
bool isInt(const Rewriter& rw, NodeRef node, int64_t value);
// Equal bits: 0.0 is not -0.0.
bool isFloatBits(const Rewriter& rw, NodeRef node, double value);
// Present in every row, and finite if a float.
bool neverMissing(const Rewriter& rw, NodeRef node);
// `node` where it has the type of `other` but for the question mark.
std::optional<NodeRef> sameType(const Rewriter& rw, NodeRef node, NodeRef other);
// f(f(x)) -> x, for scalars.
std::optional<NodeRef> undoTwice(const Rewriter& rw, std::string_view op, std::span<const NodeRef> args);
// f(a, b, c, ...) -> f(f(a, b), c) ..., from three scalar arguments on; `step` names the function of two.
std::optional<NodeRef> foldLeft(Rewriter& rw, std::string_view step, std::span<const NodeRef> args);

}  // namespace featc
