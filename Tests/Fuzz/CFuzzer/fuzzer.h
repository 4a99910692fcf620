#include <stddef.h>
#include <stdint.h>

/// libFuzzer as a library: runs the callback until the command line says that it is enough.
int LLVMFuzzerRunDriver(int *count, char ***arguments,
                        int (*callback)(const uint8_t *data, size_t size));
