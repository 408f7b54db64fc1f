// SPDX-License-Identifier: Apache-2.0
// The files of operators, each adding one group of records to the registry.
#pragma once

namespace featc {

class Registry;

void registerArithmetic(Registry& registry);
void registerComparison(Registry& registry);
void registerMissing(Registry& registry);
void registerCasts(Registry& registry);
void registerMath(Registry& registry);
void registerReduce(Registry& registry);
void registerText(Registry& registry);
void registerLists(Registry& registry);
void registerMaps(Registry& registry);
void registerIds(Registry& registry);
void registerCross(Registry& registry);

}  // namespace featc
