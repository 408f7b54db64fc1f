// SPDX-License-Identifier: Apache-2.0
// Writes results as JSON lines, an object an item.
#pragma once

#include <memory>

#include "data/result_writer.h"

namespace featc {

// `{"row": 0, "request": 0, "item": 0, "features": {"user_id": [17592186044458], ...}}`, features in
// declaration order: ids as a list, weighted ones as a list of [id, weight], dense as a list of
// floats.
std::unique_ptr<ResultWriter> newJsonWriter(const ProgramInfo& info);

}  // namespace featc
