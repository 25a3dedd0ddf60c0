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

/* A mask of blocked signals is inherited, through any number of programs. */
static void unblock_signals(void)
{
    /* What ends a command, the changes of folders on Linux, and the ends of children. */
    static const int NUMBERS[] = {SIGINT, SIGTERM, SIGHUP, SIGIO, SIGCHLD};
    sigset_t signals;
    (void)sigemptyset(&signals);
    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
        (void)sigaddset(&signals, NUMBERS[i]);
    (void)sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

void startup_prepare(void)
{
    fill_streams();
    (void)signal(SIGPIPE, SIG_IGN);
    unblock_signals();
}
