// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "featc/run.h"

void answer(int status, const char* text);

void snippet(featc_session* session, featc_batch batch);
void snippet(featc_session* session, featc_batch batch) {
#include SNIPPET
}
