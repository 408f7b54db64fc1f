// SPDX-License-Identifier: Apache-2.0
#include "featc/run.h"

void reply(void* connection, const char* text);
void give_back(featc_session* session);
void answered(void* connection, featc_session* session, featc_failure failure);
void request(featc_session* session, void* connection, const char* json, size_t size);

#include SNIPPET
