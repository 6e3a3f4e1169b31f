#pragma once
#include <stddef.h>
#include <stdint.h>
// libFuzzer as a library: it has no header of its own for this.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *bytes, size_t count));
