#include "launch/quit.h"

#include "base/clock.h"
#include "process/process_end.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One life of a process. */
struct life {
    int64_t pid;
    char *token;
};

/* One that cannot be looked at is not over. */
static bool is_over(const struct life *life)
{
    if (process_look(life->pid) == PROCESS_GONE)
        return true;
    char *token = process_start_token(life->pid);
    bool over = token && strcmp(token, life->token) != 0;
    free(token);
    return over;
}

enum waited {
    WAITED_UNTIL_OVER,
    WAITED_TOO_LONG,
    WAITED_IN_VAIN, /* *error is set */
};

/* Its exit is an event of the wait's watch. */
static enum waited end_and_wait(struct wait *wait, const struct life *life, enum process_ending how,
                                uint64_t limit_ms, struct error *error)
{
    int status = process_end(life->pid, life->token, how);
    /* UV_ESRCH: over meanwhile, or nothing to ask, which the time limit takes care of. */
    if (status != 0 && status != UV_ESRCH) {
        error_set(error, E_SYSTEM, "Cannot end process %" PRId64 ": %s.", life->pid,
                  uv_strerror(status));
        return WAITED_IN_VAIN;
    }
    uint64_t deadline = clock_after(clock_now_ms(), limit_ms);
    while (!is_over(life)) {
        if (clock_now_ms() >= deadline)
            return WAITED_TOO_LONG;
        if (wait->listener.waiting)
            wait->listener.waiting(wait->listener.context, "the Editor's exit");
        if (!wait_sleep(wait, deadline, error))
            return WAITED_IN_VAIN;
    }
    return WAITED_UNTIL_OVER;
}

static bool end_life(struct wait *wait, const struct life *life, bool *killed, struct error *error)
{
    watch_owner(&wait->watch, life->pid);
    log_debug(wait->log, "asking process %" PRId64 " to quit", life->pid);
    enum waited waited = end_and_wait(wait, life, PROCESS_ASK, QUIT_ASKED_MS, error);
    *killed = waited == WAITED_TOO_LONG;
    if (*killed) {
        log_debug(wait->log, "killing process %" PRId64, life->pid);
        waited = end_and_wait(wait, life, PROCESS_KILL, QUIT_KILLED_MS, error);
    }
    if (waited == WAITED_TOO_LONG)
        error_set(error, E_SYSTEM,
                  "Process %" PRId64 " was killed, but the system has not ended it.", life->pid);
    return waited == WAITED_UNTIL_OVER;
}

bool quit_owner(struct wait *wait, const struct owner *owner, bool *killed, struct error *error)
{
    *killed = false;
    struct life life = {.pid = owner->pid, .token = process_start_token(owner->pid)};
    bool over = life.token ? end_life(wait, &life, killed, error)
                           : process_look(life.pid) == PROCESS_GONE ||
                                 error_set(error, E_SYSTEM, "Cannot look at process %" PRId64 ".",
                                           life.pid);
    free(life.token);
    return over;
}
