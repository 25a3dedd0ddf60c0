#include "process/process_start.h"

/* libuv hands on the standard streams that it is told to. Our own are inheritable too when somebody
 * gave them to us, and who reads them would wait for the end of a child that runs on. */
void process_keep_descriptors(void)
{
    uv_disable_stdio_inheritance();
}
