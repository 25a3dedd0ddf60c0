#ifndef ULOOP_COMPILE_COMPILE_H
#define ULOOP_COMPILE_COMPILE_H

#include "base/buffer.h"
#include "base/error.h"
#include "readiness/wait.h"

#include <stdbool.h>
#include <stdint.h>

/* How long a compile and its reload may take when the user does not say. */
#define COMPILE_DEFAULT_MS 90000

struct compile_options {
    bool force_recompile;
    uint64_t timeout_ms; /* bounds the whole command; 0: the defaults, one for getting ready and one
                            for the compile */
};

/*
 * Has the project compiled and waits through the domain reload: appends the compiler's raw result
 * as soon as the Editor is ready again. A compile that an earlier command gave up waiting for is
 * taken up when it still runs: then *taken_up, and the result knows nothing of what was changed
 * since. False with *error: whatever wait_for_dispatch() fails with,
 * E_COMPILE_TIMEOUT, E_STATE_FAILED, E_STOPPED, E_OWNER_EXITED, E_DISCONNECTED, or what the Editor
 * answered. On a timeout or a signal the request is kept as pending.
 */
bool compile_run(struct wait *wait, const struct compile_options *options, struct buffer *result,
                 bool *taken_up, struct error *error);

#endif
