// SPDX-License-Identifier: Apache-2.0
#include "featc/live.hpp"

void snippet(featc::KeptStores& stores, const featc::Batch& batch) {
#include SNIPPET
}
