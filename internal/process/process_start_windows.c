#include "process/process_start.h"

/* libuv hands on the standard streams, and marks nothing else as inheritable. */
void process_keep_descriptors(void)
{
}
