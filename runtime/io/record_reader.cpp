// SPDX-License-Identifier: Apache-2.0
// How messages about the input are written.
#include "runtime/io/record_reader.h"

#include <fmt/format.h>

namespace featc {

std::string DataMessage::render() const {
  std::string place = line == 0 ? file : fmt::format("{}:{}", file, line);
  return fmt::format("{}: {}{}", place, isError ? "" : "warning: ", text);
}

}  // namespace featc
