#include "process/process_end.h"

#include "process/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_that_life(int64_t pid, const char *start_token)
{
    char *token = process_start_token(pid);
    bool same = token && strcmp(token, start_token) == 0;
    free(token);
    return same;
}

int process_end(int64_t pid, const char *start_token, enum process_ending how)
{
    int number = how == PROCESS_ASK ? SIGTERM : SIGKILL;
    if (process_look(pid) == PROCESS_GONE)
        return UV_ESRCH;
    /* The descriptor stands for one life: what its token says holds until the signal is sent.
     * Where the system has none (before Linux 5.3) a moment is left in which the pid may change
     * hands. */
    int life = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
    if (life < 0 && errno != ENOSYS)
        return uv_translate_sys_error(errno);
    int status = UV_ESRCH;
    if (is_that_life(pid, start_token)) {
        long sent = life < 0 ? kill((pid_t)pid, number)
                             : syscall(SYS_pidfd_send_signal, life, number, NULL, 0);
        status = sent == 0 ? 0 : uv_translate_sys_error(errno);
    }
    if (life >= 0)
        (void)close(life);
    return status;
}
