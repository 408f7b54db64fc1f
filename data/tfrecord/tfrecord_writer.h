// SPDX-License-Identifier: Apache-2.0
// Writes results as TFRecord files of tf.Example, a record an item.
#pragma once

#include <memory>
#include <string>

#include "data/result_writer.h"
#include "support/error.h"

namespace featc {

// Features by output name in declaration order: ids as Int64List (the same 64 bits, so slots from 2^19 on are
// negative), dense values as FloatList. Ids with weights have these in `NAME.weights`, a FloatList. Fails where
// an output is called so too, or belongs to a sequence group.
Expected<std::unique_ptr<ResultWriter>> newTfrecordWriter(const ProgramInfo& info);

// The frame of a record: its length, both checksums (CRC-32C, masked), the bytes.
void appendTfrecord(std::string& out, std::string_view record);

}  // namespace featc
