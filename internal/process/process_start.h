#ifndef ULOOP_PROCESS_PROCESS_START_H
#define ULOOP_PROCESS_PROCESS_START_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/*
 * A program that was started to outlive us. Its struct must stay where it is until the loop is
 * closed; closing the loop leaves the program running.
 */
struct process_child {
    uv_process_t handle;
    int64_t pid;
    bool ended;        /* the two below hold */
    int64_t exit_code; /* where no signal ended it */
    int signal;        /* 0 when none did */
    void (*on_end)(void *context);
    void *context;
};

/*
 * Starts arguments[0] (a path; `arguments` end with NULL) with `folder` as its working directory,
 * in a session of its own: no terminal's hang-up or Ctrl-C reaches it. Its standard streams are the
 * null device, and it inherits no other descriptor of ours: it would hold a caller's pipe or lock
 * open for hours. on_end is called once when it ends while the loop still runs.
 *
 * Returns 0, or libuv's error when it could not be started.
 */
int process_start_detached(struct process_child *child, uv_loop_t *loop, char *const *arguments,
                           const char *folder, void (*on_end)(void *context), void *context);

/*
 * The same, but what it writes to standard output and standard error comes from two initialised
 * pipes of the loop (not for handles) that the caller reads and closes. Once they are closed the
 * program writes to nobody.
 */
int process_start_heard(struct process_child *child, uv_loop_t *loop, char *const *arguments,
                        const char *folder, uv_pipe_t *output, uv_pipe_t *errors,
                        void (*on_end)(void *context), void *context);

/* Each system's own: sees to it that what we start inherits standard streams alone. */
void process_keep_descriptors(void);

#endif
