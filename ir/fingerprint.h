// SPDX-License-Identifier: Apache-2.0
// A number that tells one config from another: what training and serving compare, and what a reload looks at.
#pragma once

#include <cstdint>

#include "ir/graph.h"

namespace featc {

// XXH3-64 of the text form of a config's graph before optimization; never 0. compileConfig() leaves it in
// ProgramInfo::fingerprint, from where it goes on with the graph: through the optimizer, the caches and the
// image of a model that was compiled ahead of time.
//
// So it changes with all that the graph says: semantics version, names, schema, sources, slots, expressions,
// and the content of files that the config takes in (an import, a vocabulary), since that becomes part of the
// graph. It does not change with comments, layout, names of `let`s, or featc's optimizer. What gives a config
// its meaning from outside must therefore stand in the graph, as a content or as a hash of it.
// Equal fingerprints mean equal results; configs of equal meaning may still have different ones.
uint64_t fingerprintOf(const Graph& raw);

}  // namespace featc
