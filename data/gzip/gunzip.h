// SPDX-License-Identifier: Apache-2.0
// Files that gzip has compressed, read as what they hold.
#pragma once

#include <memory>

#include "data/input_stream.h"

namespace featc {

// A source that begins with gzip's magic bytes, unpacked, one member after another; any other one as it is.
std::unique_ptr<ByteSource> unpacked(std::unique_ptr<ByteSource> source);

}  // namespace featc
