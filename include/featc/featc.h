/* SPDX-License-Identifier: Apache-2.0 */
/* All of featc's C interface: open configs and compiled models, run them, replace them while they serve.
 * featc/plugin.h and featc/tensor_sequence.h stand alone. */
#ifndef FEATC_FEATC_H
#define FEATC_FEATC_H

#include "featc/config.h"
#include "featc/live.h"
#include "featc/run.h"

#endif
