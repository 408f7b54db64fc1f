// SPDX-License-Identifier: Apache-2.0
// What only the data of a run tells of a call: a word that is never found, a time in another unit.
#pragma once

#include <span>
#include <string_view>

#include "ops/operator.h"

namespace featc {

// What one row's values tell of a call.
struct Oddity {
  // Said of the call, the same in each row that has it: `finds no word of its vocabulary`. Empty: nothing is odd.
  std::string_view text;
  // It is worth a word where every row has it, else also where some have.
  bool ofEveryRow = true;
};

// The state of an operator whose calls may be odd in some data, by what it was prepared from. Where that makes no
// difference the operator's record has the function (OperatorBuilder::odd).
struct OddState : OpState {
  // `arguments`: those that are not constant parameters, as the operator sees them, the strict ones present.
  virtual Oddity oddity(std::span<const Value> arguments, const Value& result) const = 0;
};

}  // namespace featc
