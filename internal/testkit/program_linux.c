#include "testkit/program_system.h"

#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

void program_die_with_parent(pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* It may have died before it could be asked about. */
    if (getppid() != parent)
        _exit(127);
}

void program_close_all_on_exec(void)
{
    (void)close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC);
}

bool program_take_limit(const struct program_limit *limit)
{
    struct rlimit value = {.rlim_cur = limit->value, .rlim_max = limit->value};
    return setrlimit((__rlimit_resource_t)limit->resource, &value) == 0;
}

int program_exit_descriptor(pid_t pid)
{
    return pidfd_open(pid, 0);
}
