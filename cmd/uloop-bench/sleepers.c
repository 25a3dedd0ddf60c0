#include "sleepers.h"

#include "base/memory.h"
#include "testkit/cleanup.h"
#include "testkit/program_system.h"
#include "testkit/wait.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct sleepers {
    pid_t *pids;
    size_t count;
};

static _Noreturn void sleep_on(pid_t parent)
{
    program_die_with_parent(parent);
    for (;;)
        (void)pause();
}

static void release(void *thing)
{
    struct sleepers *sleepers = thing;
    for (size_t i = 0; i < sleepers->count; i++)
        (void)kill(sleepers->pids[i], SIGKILL);
    for (size_t i = 0; i < sleepers->count; i++)
        (void)waitpid(sleepers->pids[i], NULL, 0);
    free(sleepers->pids);
    free(sleepers);
}

struct sleepers *sleepers_new(size_t count)
{
    struct sleepers *sleepers = memory_new(sizeof(*sleepers));
    pid_t parent = getpid();
    sleepers->pids = memory_new(count * sizeof(pid_t));
    cleanup_register(release, sleepers);
    while (sleepers->count < count) {
        pid_t pid = fork();
        if (pid < 0)
            testkit_fail("Cannot start process %zu of %zu: %s.", sleepers->count + 1, count,
                         strerror(errno));
        if (pid == 0)
            sleep_on(parent);
        sleepers->pids[sleepers->count++] = pid;
    }
    return sleepers;
}

void sleepers_free(struct sleepers *sleepers)
{
    cleanup_forget(sleepers);
    release(sleepers);
}
