// SPDX-License-Identifier: Apache-2.0
// The files of operators, each adding one group of records to the registry.
#pragma once

namespace featc {

class Registry;

void registerArithmetic(Registry& registry);
void registerBits(Registry& registry);
void registerComparison(Registry& registry);
void registerMapping(Registry& registry);
void registerMissing(Registry& registry);
void registerCasts(Registry& registry);
void registerMath(Registry& registry);
void registerNormalize(Registry& registry);
void registerReduce(Registry& registry);
void registerStatistics(Registry& registry);
void registerText(Registry& registry);
void registerTextParts(Registry& registry);
void registerTokens(Registry& registry);
void registerRegex(Registry& registry);
void registerEditDistance(Registry& registry);
void registerNormalizeText(Registry& registry);
void registerOverlap(Registry& registry);
void registerLists(Registry& registry);
void registerOrder(Registry& registry);
void registerSets(Registry& registry);
void registerTextNumbers(Registry& registry);
void registerVectors(Registry& registry);
void registerMaps(Registry& registry);
void registerCounts(Registry& registry);
void registerMatch(Registry& registry);
void registerValueMap(Registry& registry);
void registerMapText(Registry& registry);
void registerIds(Registry& registry);
void registerCross(Registry& registry);
void registerTime(Registry& registry);
void registerTimeText(Registry& registry);
void registerPlace(Registry& registry);
void registerTrigonometry(Registry& registry);
void registerHashVariants(Registry& registry);
void registerHashSystems(Registry& registry);

}  // namespace featc
