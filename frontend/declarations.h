// SPDX-License-Identifier: Apache-2.0
// Checks what a config declares besides expressions: model, semantics, hash family, schema, sources.
#pragma once

#include "frontend/names.h"
#include "ops/extern_fn.h"
#include "runtime/program_info.h"

namespace featc {

// The program's description without its outputs; `sources` as in Ast::sources.
// Loads extern fns from `plugins`; `externs` as in Ast::externs.
ProgramInfo checkDeclarations(const Ast& ast, const Names& names, const PluginFolders& plugins,
                              Diagnostics& diagnostics);

}  // namespace featc
