#ifndef ULOOP_HOST_COMPILER_RUN_H
#define ULOOP_HOST_COMPILER_RUN_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/* How much a compiler may print before the rest is thrown away: some ten thousand lines. */
#define COMPILER_MOST_OUTPUT ((size_t)4 * 1024 * 1024)

struct compiler_run;

/* One of the two streams that a compiler prints on. */
struct compiler_stream {
    uv_pipe_t pipe;
    struct buffer text;
    char chunk[8192];
    struct compiler_run *run;
};

/*
 * One process of a compiler. Zero-initialised, then started by compiler_run_start(), which always
 * leads to one call of on_done: then everything is closed, the fields tell how it went, and
 * compiler_run_clear() may release it. Not to be moved in between.
 */
struct compiler_run {
    int start_status;    /* of starting it: 0 or libuv's error; the rest means nothing then */
    int64_t exit_status; /* of the process */
    int exit_signal;     /* that ended it; 0 where none did */
    bool truncated;      /* it printed more than COMPILER_MOST_OUTPUT */
    bool killed;         /* by compiler_run_kill() */
    struct compiler_stream out, err;

    uv_process_t process;
    int open_handles;
    void (*on_done)(void *context);
    void *context;
};

/* Starts arguments[0] (a path; they end with NULL), in `folder`. Never blocks; failure is told like
 * every other end. */
void compiler_run_start(struct compiler_run *run, uv_loop_t *loop, char **arguments,
                        const char *folder, void (*on_done)(void *context), void *context);

/* Ends the process and whatever it started; on_done follows. Harmless when it has ended. */
void compiler_run_kill(struct compiler_run *run);

void compiler_run_clear(struct compiler_run *run);

#endif
