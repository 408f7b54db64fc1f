// SPDX-License-Identifier: Apache-2.0
// The text form of a graph: holds all of it and parses back to an equal one. Grammar: docs/ir.md.
#pragma once

#include <string>
#include <string_view>

#include "ir/graph.h"
#include "ops/extern_fn.h"
#include "support/error.h"

namespace featc {

// With `sources`, the place that each node came from stands behind it as a comment.
std::string toText(const Graph& graph, const Sources* sources = nullptr);

// One node as toText writes it, without the line end: `%2 = log1p %0 : float64?`.
std::string nodeText(const Graph& graph, NodeId id);
// A constant so that it reads back to the same bits: `[0.5, missing]`, `-0`, `nan(0x7ff8000000000000)`.
std::string constantText(const Value& value);

// Fails with BadModel where the text is not a graph, and says where and why: `line 3: unknown operator "logp"`.
// With `sources`, comments that name a place become the nodes' origins again.
// Its extern fns are loaded from `plugins`, and must be what they were.
Expected<Graph> parseGraph(std::string_view text, Sources* sources = nullptr, const PluginFolders& plugins = {});

}  // namespace featc
