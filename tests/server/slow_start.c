/* SPDX-License-Identifier: Apache-2.0 */
/* A plug-in that takes longer to load than anybody waits, and says so on stderr. */
#include <stdio.h>
#include <unistd.h>

__attribute__((constructor)) static void load(void) {
  fputs("loading slowly\n", stderr);
  sleep(120);
}
