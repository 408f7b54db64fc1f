// SPDX-License-Identifier: Apache-2.0
// Readers of rows and writers of results.
#pragma once

#include "data/csv/csv_reader.h"
#include "data/formats/tensor_sequence.h"
#include "data/formats/tensor_sequence_view.h"
#include "data/formats/tensor_sequence_writer.h"
#include "data/json/json_reader.h"
#include "data/json/json_writer.h"
#include "data/memory/memory_store.h"
#include "data/record_reader.h"
#include "data/result_writer.h"
#include "data/run_totals.h"
#include "featc/run.hpp"
