// SPDX-License-Identifier: Apache-2.0
// The C interface's structs that grow: what is in them as C++ has it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "featc/run.h"
#include "ops/extern_fn.h"
#include "runtime/run_limits.h"
#include "runtime/seda/seda_options.h"
#include "support/error.h"

namespace featc {

// A null pointer in a call of the C interface.
inline Error nullArgument(const char* name) { return {std::string(name) + " is null", ErrorCode::BadArgument}; }

// What a C program wrote into an enum, which may be no value of it: C++ must not even look at such a one.
template <class Enum>
int enumNumber(const Enum& given) {
  int number = 0;
  static_assert(sizeof number == sizeof given);
  std::memcpy(&number, &given, sizeof number);
  return number;
}

// Copies the members that both sides know; null: none. A program that was compiled with a newer header may only use
// members that this featc has: the others must be 0.
template <class T>
Error readSized(const T* given, const char* type, T& out) {
  out = {};
  out.size = sizeof(T);
  if (given == nullptr) return {};
  const size_t size = given->size;
  const std::string name = type;
  if (size <= sizeof given->size || size > size_t{1} << 16U)
    return {name + ".size must be sizeof(" + name + ")", ErrorCode::BadArgument};
  const auto* bytes = reinterpret_cast<const char*>(given);
  for (size_t i = sizeof(T); i < size; ++i)
    if (bytes[i] != 0)
      return {name + " has a member that this featc does not know: the library is older than the header",
              ErrorCode::BadArgument};
  std::memcpy(&out, given, std::min(size, sizeof(T)));
  // Else what an older program leaves in the padding would be a new member's value.
  static_assert(offsetof(T, reserved) + sizeof out.reserved == sizeof(T));
  if (out.reserved != 0) return {name + ".reserved must be 0", ErrorCode::BadArgument};
  out.size = sizeof(T);
  return {};
}

// The options of every way to open a model, checked.
struct OpenOptions {
  featc_open_options given;
  PluginFolders plugins;
  RunLimits limits;
  bool hasSeda = false;
  SedaOptions seda;
};
Expected<OpenOptions> readOpenOptions(const featc_open_options* given);

CallLimits callLimits(const featc_call_limits& given);
// More than a day is as good as for ever, and adds up to no time before now.
std::chrono::microseconds timeOf(uint64_t microseconds);

}  // namespace featc
