// SPDX-License-Identifier: Apache-2.0
// The families of benchmarks, each in a file of its name, in the order of the targets.
#pragma once

#include "bench/suite.h"

namespace featc::bench {

void benchRunning(Suite& suite);  // against the handwritten rivals, one row, interpreter, missing values
void benchCompiling(Suite& suite);
void benchLoading(Suite& suite);  // the first answer, and loading again
void benchSteadyState(Suite& suite);
void benchReads(Suite& suite);          // the three schedulers behind a Redis with a long tail: latency, round trips
void benchRates(Suite& suite);          // the same: how many requests a second
void benchReadsOverhead(Suite& suite);  // beside plain hiredis
void benchBadDays(Suite& suite);        // late answers
void benchWire(Suite& suite);           // tensor sequences: size, writing, reading
void benchLookup(Suite& suite);         // rows of embeddings

}  // namespace featc::bench
