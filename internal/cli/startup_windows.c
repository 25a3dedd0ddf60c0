#include "cli/startup.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <windows.h>

/* Windows has no signals to block, and gives no handle the number of a stream that is closed; but
 * it has line ends and code pages of its own. */
void startup_prepare(void)
{
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
    (void)SetConsoleOutputCP(CP_UTF8);
}
