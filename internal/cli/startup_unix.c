#include "cli/startup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* Opens the null device in the place of each stream that is closed, and for the wrong direction:
 * whoever uses the stream is told that it cannot be used, as before. */
static void fill_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF)
            continue;
        /* It gets the lowest number that is free, which is this one. Where there is no such device
         * loop_open() says so. */
        (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

void startup_prepare(void)
{
    fill_streams();
    (void)signal(SIGPIPE, SIG_IGN);
}
