// SPDX-License-Identifier: Apache-2.0
// Arrow's C data and C stream interfaces: record batches in, features out.
#pragma once

#include "data/arrow/arrow_batch.h"
#include "data/arrow/arrow_reader.h"
#include "data/arrow/arrow_result.h"
#include "data/arrow/arrow_stream.h"
#include "featc/run.hpp"
