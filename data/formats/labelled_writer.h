// SPDX-License-Identifier: Apache-2.0
// Writes results for learners that read text with a label first: libsvm and Vowpal Wabbit.
#pragma once

#include <memory>
#include <string>

#include "data/result_writer.h"
#include "support/error.h"

namespace featc {

// `label index:value ...`, indices ascending: an id is its own index, of value 1 or its weight; an id that
// comes n times in a row of a list counts n times. The values of dense outputs have the indices 1, 2, ... in
// declaration order, which are not ids; what is 0 is left out, as libsvm has it. `label` names the dense output
// that is the label and not a feature. Fails where an output does not fit.
Expected<std::unique_ptr<ResultWriter>> newLibsvmWriter(const ProgramInfo& info, const std::string& label);

// `label |feature id id:weight |feature 0:number ...`, a namespace an output; in names every byte but letters,
// digits, `_`, `-`, `.` and those from 128 on is written `%XX`. Without `label` examples have none.
Expected<std::unique_ptr<ResultWriter>> newVwWriter(const ProgramInfo& info, const std::string& label);

}  // namespace featc
