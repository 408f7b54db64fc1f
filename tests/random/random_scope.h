// SPDX-License-Identifier: Apache-2.0
// A random program while it is made: what it has so far, which names can be used, and which types come next.
#pragma once

#include <string>
#include <vector>

#include "tests/random/choice.h"
#include "tests/random/program.h"
#include "tests/random/rng.h"

namespace featc {

struct RandomScope {
  struct Named {
    std::string text;
    Type type;
    RandomExpr::Kind kind = RandomExpr::Kind::Name;
    bool ofGroup = false;  // seen in the lines of a group only
  };

  Rng& rng;
  const Choice& choice;
  OperatorUse& use;
  RandomProgram program{};
  std::vector<Named> names{};
  bool mayAddFields = true;

  bool may(Feature feature, unsigned percent);

  Type scalarType();
  Type mapType();
  Type nestedType();
  Type inputType();
  // Of a member of a list of structs that nests `lists` times itself.
  Type memberType(int lists);
  Type letType();
  bool mayBeWeighted() const;

  // Declares one.
  Named newField(Type type);
};

}  // namespace featc
