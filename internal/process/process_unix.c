#include "process/process_unix.h"
#include "process/process_end.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

bool process_pid_is_possible(int64_t pid)
{
    return pid > 0 && pid <= INT32_MAX;
}

/* Is its exit an event that has come? A zombie takes signals, too. */
static bool has_exited(int64_t pid)
{
    struct pollfd exit = {.fd = process_exit_descriptor(pid), .events = POLLIN};
    if (exit.fd < 0)
        return exit.fd == UV_ESRCH;
    bool exited = poll(&exit, 1, 0) == 1;
    (void)close(exit.fd);
    return exited;
}

enum process_presence process_look_by_signal(int64_t pid)
{
    if (!process_pid_is_possible(pid))
        return PROCESS_GONE;
    /* EPERM: there is one, and it is not ours to signal. */
    if (kill((pid_t)pid, 0) == 0 || errno == EPERM)
        return has_exited(pid) ? PROCESS_GONE : PROCESS_ALIVE;
    return errno == ESRCH ? PROCESS_GONE : PROCESS_UNKNOWN;
}

/* An error of the poll itself wakes too: better one look too many than a missed exit. */
static void exited(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct process_watch *watch = poll->data;
    (void)uv_poll_stop(poll); /* the descriptor stays readable: once is enough */
    watch->on_exit(watch->context);
}

int process_watch_start(struct process_watch *watch, uv_loop_t *loop, int64_t pid,
                        void (*on_exit)(void *context), void *context)
{
    *watch = (struct process_watch){.on_exit = on_exit, .context = context};
    if (!process_pid_is_possible(pid))
        return UV_ESRCH;
    int descriptor = process_exit_descriptor(pid);
    if (descriptor < 0)
        return descriptor;
    int status = uv_poll_init(loop, &watch->handle.poll, descriptor);
    if (status < 0) {
        (void)close(descriptor);
        return status;
    }
    watch->handle.poll.data = watch;
    watch->process = descriptor;
    watch->active = true;
    status = uv_poll_start(&watch->handle.poll, UV_READABLE, exited);
    if (status < 0)
        process_watch_stop(watch);
    return status;
}

void process_watch_stop(struct process_watch *watch)
{
    if (!watch->active)
        return;
    watch->active = false;
    uv_close(&watch->handle.any, NULL);
    (void)close((int)watch->process);
}

int process_ask_watch_start(struct process_ask_watch *watch, uv_loop_t *loop,
                            void (*on_ask)(void *context), void *context)
{
    (void)loop;
    *watch = (struct process_ask_watch){.on_ask = on_ask, .context = context};
    return 0;
}

void process_ask_watch_stop(struct process_ask_watch *watch)
{
    (void)watch;
}
