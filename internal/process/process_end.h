#ifndef ULOOP_PROCESS_PROCESS_END_H
#define ULOOP_PROCESS_PROCESS_END_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum process_ending {
    PROCESS_ASK,  /* it may save and clean up, or refuse: SIGTERM; on Windows the event
                     of process_ask_watch, or else its windows are told to close */
    PROCESS_KILL, /* it gets no say */
};

/*
 * Ends that life of the process which `start_token` names (process_start_token()). Another process
 * that was given the pid since is left alone. Does not wait for the end.
 *
 * Returns 0; UV_ESRCH when that life is over, and, on Windows, when nothing in it can be asked; or
 * another libuv error (UV_EPERM).
 */
int process_end(int64_t pid, const char *start_token, enum process_ending how);

/*
 * Hears PROCESS_ASK where no signal brings it: on Windows, in a process without windows. On Unix it
 * hears nothing, since SIGTERM comes as any signal does.
 */
struct process_ask_watch {
    uv_async_t async;
    void *event; /* NULL when not started */
    void *wait;
    void (*on_ask)(void *context);
    void *context;
};

/* Returns 0, and on_ask is called when this process is asked, once at most; or a libuv error, after
 * which there is nothing to stop. */
int process_ask_watch_start(struct process_ask_watch *watch, uv_loop_t *loop,
                            void (*on_ask)(void *context), void *context);

/* Stops and closes; harmless when not started, and when stopped already. `*watch` must live until
 * the loop has run once more. */
void process_ask_watch_stop(struct process_ask_watch *watch);

#endif
