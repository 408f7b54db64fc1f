// SPDX-License-Identifier: Apache-2.0
// Batches in, an Extractor, results out.
#pragma once

#include "data/result_writer.h"
#include "runtime/batch_builder.h"
#include "runtime/calls/extractor.h"
#include "runtime/result.h"
#include "runtime/run_observer.h"
#include "support/error.h"
