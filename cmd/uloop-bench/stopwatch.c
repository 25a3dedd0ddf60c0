#include "stopwatch.h"

#include "testkit/wait.h"

#include <errno.h>
#include <time.h>

enum {
    MS_PER_S = 1000,
    NS_PER_MS = 1000000
};

double stopwatch_now_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        testkit_fail("Cannot tell the time: %s.", strerror(errno));
    return (double)now.tv_sec * MS_PER_S + (double)now.tv_nsec / NS_PER_MS;
}

void stopwatch_pause_ms(unsigned milliseconds)
{
    struct timespec left = {.tv_sec = milliseconds / MS_PER_S,
                            .tv_nsec = (long)(milliseconds % MS_PER_S) * NS_PER_MS};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}
